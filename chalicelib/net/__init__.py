"""Outgoing connections; the only package that opens them. URLs from submitted documents are checked, bounded and cached
here.

fetching/            fetch one URL: guarded, bounded, within a deadline, cached
web.py               the port that reads documents
fetched_sources.py   the sources of one request: the link, issuers' keys, status lists
did_web.py           keys of did:web; did_webvh.py: of did:webvh; issuer_keys.py: of https issuers
status_lists.py      status lists
domain_records.py    domain proof: DNS and the well-known file
oidc.py              OpenID Connect providers
"""
