"""What the library tells by itself, in its events and its log lines, and what that means for the connection."""
