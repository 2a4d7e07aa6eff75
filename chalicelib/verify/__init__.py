"""What makes a credential valid. Start at `pipeline`, which reads as the numbered list of checks."""
