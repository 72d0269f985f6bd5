"""What one client sends another: messages and receipts, kept until they are acknowledged, or refused as planted."""
