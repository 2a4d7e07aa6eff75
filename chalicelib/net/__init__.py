"""Outgoing connections; the only package that opens them. URLs from submitted documents are checked, bounded and cached
here.

network.py           the parts that all requests of a worker share
guard.py             which URLs may be fetched; addresses.py: which addresses may be contacted
fetch.py             fetch one URL, with its redirects
resolve.py           the addresses of a host; https_exchange.py: one HTTP request to one of them
cache.py             what was fetched recently, failures included
budget.py            what one request may take from other hosts
address_limit.py     how often it may fail to connect to one address
dead_hosts.py        hosts that this worker could not reach in the last minute
deadline.py          the time that is left
fetched_sources.py   the sources of one request: the link, issuers' keys, status lists
request_web.py       each URL once in one request; web.py is the port
did_web.py           keys of did:web; issuer_keys.py: keys of https issuers
status_lists.py      status lists
domain_records.py    domain proof: DNS and the well-known file
oidc.py              OpenID Connect providers
"""
