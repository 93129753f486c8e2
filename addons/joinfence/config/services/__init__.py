"""The rule file of one meeting service."""
