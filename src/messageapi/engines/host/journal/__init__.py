"""What one number was asked and what it has reported, in memory and sealed on disk."""
