"""The register of demands: each demand received, and what became of it."""
