"""The client address: from peer and forwarding headers to one address, or to why there is none."""
