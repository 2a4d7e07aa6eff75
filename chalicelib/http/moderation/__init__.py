"""Reports by visitors about a credential: the form, and the operators' list."""
