"""What attacks cost, whom they lock out and what they make Laurel send: run with `make abuse`."""
