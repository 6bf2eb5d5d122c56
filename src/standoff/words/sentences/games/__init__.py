"""What is told of games other than the one that all profiles make."""
