"""Passes for phone wallets. A pass never changes once it is saved, so it states no verdict: it links to the page."""
