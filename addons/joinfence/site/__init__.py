"""The public pages: order files and what was published before, to a folder that any web server can serve."""
