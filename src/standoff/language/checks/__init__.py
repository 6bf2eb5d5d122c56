"""What is legal, and still wrong."""
