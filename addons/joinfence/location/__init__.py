"""Address to place: databases, the built-in registry, corrections, agreement between sources."""
