"""How fast each number may send, so that it behaves as a person would: gaps, budgets and warming up.

Owns paces and acquaintances; emits nothing. What may go now is decided where messages are claimed.
"""
