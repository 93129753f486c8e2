"""The event log: the life of every order, append-only, signed, and verifiable."""
