"""The page and the JSON of one credential."""
