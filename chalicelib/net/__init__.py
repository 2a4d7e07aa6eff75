"""Outgoing connections; the only module that opens them. URLs from submitted documents are checked, bounded and cached
here."""
