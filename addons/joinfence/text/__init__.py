"""Languages, formats and the page shell that every page shares.

`locale/` holds the translations, `templates/` the pages.
"""
