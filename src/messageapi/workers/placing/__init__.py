"""Which engine host holds which number: the placer, what it has heard of hosts, what it tells them, and linking."""
