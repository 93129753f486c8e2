"""The map of the territories on the public pages."""
