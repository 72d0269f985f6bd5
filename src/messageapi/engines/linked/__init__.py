"""The linked-device engine: our number as one more linked device of a phone, spoken by the neonize library."""
