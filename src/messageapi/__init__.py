"""MessageAPI: send and receive WhatsApp messages over HTTP with your own number."""
