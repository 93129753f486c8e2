"""Work that must not hold up an answer: throttling, child processes, private files."""
