"""Counts of decisions, in bands wide enough to tell of nobody."""
