"""Files that came with messages: they lie at WhatsApp until somebody asks for them or the number's setting has them
fetched, then sealed in the blob door for as long as the message's body is kept. Owns the table downloads.
"""
