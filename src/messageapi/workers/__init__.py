"""Shells around the rooms: loops that claim, place, supervise and take in, each with start() and stop()."""
