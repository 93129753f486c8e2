"""Where an address is: databases, the built-in registry, corrections, and agreement between sources."""
