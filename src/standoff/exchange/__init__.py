"""What other tools write, read into studies."""
