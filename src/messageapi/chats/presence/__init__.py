"""Whose presence a number watches, and what is seen of it. Owns watches; emits presence.updated."""
