"""Fetch one URL from an external host: guarded, bounded, within a deadline, cached.

network.py          the parts that all requests of a worker share
guard.py            which URLs may be fetched
addresses.py        which addresses may be contacted
fetch.py            fetch one URL, with its redirects
resolve.py          the addresses of a host
https_exchange.py   one HTTPS request to one of them
cache.py            what was fetched recently, failures included
budget.py           what one request may take from other hosts
address_limit.py    how often it may fail to connect to one address
dead_hosts.py       hosts that this worker could not reach in the last minute
deadline.py         the time that is left
request_fetcher.py      each URL once in one request
"""
