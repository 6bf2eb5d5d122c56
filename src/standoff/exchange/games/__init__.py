"""Games that other tools wrote, and games of a study for them."""
