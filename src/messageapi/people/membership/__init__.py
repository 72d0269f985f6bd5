"""Who belongs to an account, in which role: invited by mail, joining, changing roles, leaving."""
