"""The decision: pure values and functions.

`client/` works out the client address, `joins/` what would enter which meeting, and `joins/formats/` reads
the formats that a meeting id may stand in.
"""
