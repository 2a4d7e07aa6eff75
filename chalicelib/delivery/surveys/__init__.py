"""Short surveys that holders get some months after a credential was issued."""
