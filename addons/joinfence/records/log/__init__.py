"""The event log: what happened to each order, append-only, signed and verifiable."""
