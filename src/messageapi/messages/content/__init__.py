"""What a message says: asked for in a request, written as a letter, sealed as a body, shown in answers and events."""
