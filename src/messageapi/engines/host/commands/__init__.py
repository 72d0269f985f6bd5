"""What a host can be told, and the parts of a host that only carry out commands."""
