"""The server itself: serve and its parts alone, what the first start leaves, and the greeting."""
