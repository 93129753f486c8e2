"""Any YAML document, with the position of every value."""
