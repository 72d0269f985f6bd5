"""The doors to WhatsApp: each engine turns our port's calls into one way of reaching the service."""
