"""The public pages. `map/` draws the map of the territories."""
