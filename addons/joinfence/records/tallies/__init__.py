"""Counts of decisions, published only in bands wide enough to reveal nothing about individuals."""
