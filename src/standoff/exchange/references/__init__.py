"""Lists of references: the documents of a study, as programs for references keep them."""
