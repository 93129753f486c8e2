"""The rim: what turns traffic into requests, and decisions into answers."""
