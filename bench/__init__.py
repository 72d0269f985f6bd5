"""Measures the product on this machine: `python -m bench` for everything, `python -m bench.accept` for a part.

Every figure in results.md was written by a run; goals are in report_messages.py and report_events.py. A small try, to
see whether something works, goes elsewhere: BENCH_OUT=/tmp/try python -m bench.drain --numbers 2 --messages 40
"""
