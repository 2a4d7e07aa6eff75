"""What a stranger brings: a paste, a file or a link in, the same report out as for Laurel's own credentials."""
