"""The map of the territories."""
