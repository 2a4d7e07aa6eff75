"""The stores, named for what they store."""
