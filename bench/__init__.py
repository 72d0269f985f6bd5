"""Measures the product on this machine: `python -m bench` for everything, `python -m bench.accept` for a part.

Every figure in results.md was written by a run; goals are in report.py.
"""
