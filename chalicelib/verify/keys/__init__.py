"""Public keys: how each form of them is read, which are refused, and what holds under them."""
