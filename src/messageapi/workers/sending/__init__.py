"""Messages on their way to engine hosts: a lane for each number, the last look at what was claimed, the hand-over."""
