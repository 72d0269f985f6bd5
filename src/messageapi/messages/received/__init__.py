"""What becomes of a message that came: the messages it is about, what it changes, and the event that tells of it."""
