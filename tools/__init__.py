"""Commands for working on Laurel. None of them is deployed."""
