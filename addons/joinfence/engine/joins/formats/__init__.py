"""The formats that a meeting id may stand in."""
