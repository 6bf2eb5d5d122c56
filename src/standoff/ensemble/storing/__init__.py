"""Runs kept in folders: a manifest, shards, and how they are written, read and gone on with."""
