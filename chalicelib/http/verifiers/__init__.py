"""Routes of verifiers, such as job platforms, which check credentials with programs of their own."""
