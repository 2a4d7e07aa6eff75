"""Passes for phone wallets. A pass never changes after it was saved, so it states no verdict: it links to the page."""
