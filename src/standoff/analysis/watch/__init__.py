"""What was seen: which worlds and strategies fit it, and what to look for next."""
