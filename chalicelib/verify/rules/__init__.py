"""What the standards require of a credential's structure, as tables of rules."""
