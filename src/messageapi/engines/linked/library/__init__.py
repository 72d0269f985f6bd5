"""neonize's native library: where it lies, the functions and messages taken from it, and how it is called safely."""
