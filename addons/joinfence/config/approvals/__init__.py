"""The signatures beside an order, and who may sign."""
