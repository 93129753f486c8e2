"""What the fence records on disk: `log/` the life of orders, `tallies/` counts of decisions.

Nothing recorded says who tried to join.
"""
