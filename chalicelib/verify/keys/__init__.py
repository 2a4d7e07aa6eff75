"""Public keys: supported formats, rejected keys, and signature verification."""
