"""Makes the corpus: `python -m tests.corpus.generate` writes `tests/corpus/cases`, the same bytes each time."""
