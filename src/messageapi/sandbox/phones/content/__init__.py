"""What is inside a message: read and written field by field, and settled with the messages it is about."""
