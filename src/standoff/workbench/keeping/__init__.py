"""What the application keeps: games, saved texts and the queue, in one database beside the studies."""
