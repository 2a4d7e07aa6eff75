"""The durable task queue, and the worker that runs what is due."""
