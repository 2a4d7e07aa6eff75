"""Exact counts: folds over closed buckets of events, which overwrite."""
