"""The client address: peer and forwarding headers to one address, or to the reason there is none."""
