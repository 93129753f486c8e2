"""Languages, formats of names and dates, and the layout that all pages share.

`locale/` holds the translations, `templates/` the pages.
"""
