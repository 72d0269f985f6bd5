"""The engine host: a process that holds WhatsApp sessions and nothing else. No database, no accounts, no keys."""
