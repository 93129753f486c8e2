"""A folder of orders: found, read by many processes, cached, and watched."""
