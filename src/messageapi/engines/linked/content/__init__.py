"""A letter as a WhatsApp message: one small builder for each type, all plain functions of values."""
