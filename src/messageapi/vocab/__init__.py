"""Pure values every room shares: ids, time, recipients, the caller.
Imports nothing of ours and touches nothing outside.
"""
