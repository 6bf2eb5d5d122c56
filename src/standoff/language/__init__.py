"""Study text to model: reader, grammar, tree, names, types and units, load."""
