"""Games that people play in a study: what each may see and choose, and what each choice was worth."""
