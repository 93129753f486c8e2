"""Work that must not hold up an answer: pacing, child processes, private files."""
