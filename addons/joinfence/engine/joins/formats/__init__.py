"""The formats that a meeting id can stand in."""
