"""Is the process alive, and can it do its work? Open to everybody, so it tells no more than yes and no. Reads
placements and hosts.
"""
