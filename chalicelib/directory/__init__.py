"""Who can be found: the listings of holders who consented, their search index and the queries on it.

`search.py` answers queries, `listing.py` is what is indexed, `writing/` keeps the index, `ports.py` is its storage.
"""
