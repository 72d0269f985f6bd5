"""Child processes: how each is started, kept running and stopped in time."""
