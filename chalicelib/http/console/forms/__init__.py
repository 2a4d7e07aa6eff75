"""Forms of the console, and what they keep of an entry that was refused."""
