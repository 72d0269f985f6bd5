"""Files of messages: taken in from an upload, a URL or base64, their real type found, made fit for WhatsApp, kept
sealed until the messages that need them have ended, at most 24 h without one. Owns the tables media and media_uses.

The messages room calls `attach` for a source, and `hold` in the transaction that accepts the message.
"""
