"""The operator's door: whoever owns the data folder acts for any account, from this machine only.

Owns <data>/operator.json; emits nothing. Everything it does is another room's verb.
"""
