"""Promises under crashes: each act is stopped at every call to AWS, on both sides of it, and then run again."""
