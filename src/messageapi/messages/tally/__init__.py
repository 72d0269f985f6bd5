"""How many messages there were, by day and by what became of them."""
