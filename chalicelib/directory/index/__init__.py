"""The search index: terms, postings in blocks of ordinals, and the dictionary of words."""
