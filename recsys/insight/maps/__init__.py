"""Maps of what the network has learned: vectors as points, what regions have in common, how far to trust them."""
