"""The signatures of an order, and who may sign."""
