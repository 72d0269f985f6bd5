"""The pages a customer works with, and the way in: sign-up, login, Home, and one page or more for each room.

Owns no table. Reads and changes through the rooms' own functions, as `Visitor.caller`.
"""
