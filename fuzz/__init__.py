"""Coverage-guided fuzzing of everything that parses untrusted input: `make fuzz MINUTES=n`."""
