"""Constants and ranges fitted to what was seen before the study begins, or under one of its variants."""
