"""The public pages.

`map/` draws the map.
"""
