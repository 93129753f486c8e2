"""YAML to typed configuration; every problem with file, line and column, all at once."""
