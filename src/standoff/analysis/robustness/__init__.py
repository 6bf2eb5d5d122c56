"""What holds up? Ranking, regret, the worst worlds, limits."""
