"""Numbers, how they are linked, and the virtual phones of the sandbox."""
