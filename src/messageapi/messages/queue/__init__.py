"""What waits and what is under way: the database is the queue, and messages of a chain leave in order of acceptance.

A number has one lane. Whoever claims locks its placement row and claims only when all that is `sending` is known to be
in its host's hands; so no two workers have claims of one number in the air, and no lease has to say whose turn it is.
"""
