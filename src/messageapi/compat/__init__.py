"""Other people's API shapes on our verbs. Here: the reference service's own, which its callers use unchanged. Owns
nothing.
"""
