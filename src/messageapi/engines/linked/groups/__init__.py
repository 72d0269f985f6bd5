"""Groups: what a session does with them, what the library tells of them, and why WhatsApp would not."""
