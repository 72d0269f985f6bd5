"""Files of messages on their way to WhatsApp and from it."""
