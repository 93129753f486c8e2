"""Address to location: databases, the built-in registry, corrections, and agreement between them."""
