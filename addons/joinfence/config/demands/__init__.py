"""The register of demands: every one that arrived, and what became of it."""
