"""Notes on documents: claims with their anchors, in the forms of programs for coding and annotating."""
