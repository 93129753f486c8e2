"""What a refused client is sent."""
