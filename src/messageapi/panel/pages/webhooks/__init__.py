"""Webhooks: endpoints, what was delivered to them, and how a receiver verifies it."""
