"""The state that a running fence writes down, and what in it needs a person."""
