"""YAML to nodes that know their place in the file."""
