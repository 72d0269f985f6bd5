"""Signal end-to-end encryption as WhatsApp uses it: X3DH, the double ratchet, sender keys, pairing signatures."""
