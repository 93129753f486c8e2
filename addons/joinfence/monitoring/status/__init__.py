"""The state that a running fence writes to a file, and what in it needs a person's attention."""
