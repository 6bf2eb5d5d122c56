"""What the sections of a brief say around their findings: titles, leads, keys, heads of tables, how it was computed.

A file a section, named as it is in `brief/sections/`.
"""
