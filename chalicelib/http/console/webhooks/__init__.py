"""Console pages for webhooks."""
