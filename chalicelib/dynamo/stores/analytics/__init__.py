"""What the analytics package stores: events, counts, salts and summaries."""
