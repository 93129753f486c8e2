"""What is written down.

`log/` keeps the life of orders, `tallies/` counts. Nothing says who tried to join.
"""
