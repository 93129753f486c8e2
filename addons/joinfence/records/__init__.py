"""What the fence writes down: the life of orders, and how many joins each refused; never who tried."""
