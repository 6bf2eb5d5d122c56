"""What keys a study may have, and of what shape their contents are."""
