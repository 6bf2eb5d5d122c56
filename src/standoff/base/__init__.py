"""Source positions, problems, digests, arithmetic, random streams and distributions."""
