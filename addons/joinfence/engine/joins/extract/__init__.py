"""Where in a request or message the id of a meeting can stand."""
