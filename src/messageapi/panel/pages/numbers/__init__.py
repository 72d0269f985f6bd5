"""Numbers: the list and each one, linking, pausing, settings, and the virtual phone of a sandbox number."""
