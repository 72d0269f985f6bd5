"""Door: the world outside. HTTP through a guard that keeps off private networks, and programs that run in limits."""
