"""What the network has learned, made visible."""
