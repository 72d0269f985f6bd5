"""Group commit: the jobs of all callers, played in one transaction, and what becomes of each when something fails."""
