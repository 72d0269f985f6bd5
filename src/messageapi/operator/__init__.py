"""The operator: whoever owns the data folder acts for any account, from this machine only. And what they see of the
whole server: counts, names and settings, without anybody's messages and without secrets.

Owns <data>/operator.json; emits nothing. Everything it does is another room's verb.
"""
