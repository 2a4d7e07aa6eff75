"""The durable task queue and its worker."""
