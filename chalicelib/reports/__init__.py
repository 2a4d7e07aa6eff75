"""Get a report: on a credential that Laurel hosts, or on one that a visitor submits.

hosted.py              reports on hosted credentials: the checks and the event
hosted_resolver.py     their keys and status lists, from Laurel's own tables
submitted.py           reports on submitted credentials
submitted_resolver.py  their keys and status lists, Laurel's own or fetched
pasted.py              what a visitor pasted or uploaded: a credential or a link
wrapping.py            what people paste around it, such as a code fence
web_page.py            the credential in or behind a web page
platforms.py           the credential behind the pages of well-known platforms
hints.py               what to try instead, if it is neither
archive.py             when Laurel stored a signature
fetch_allowance.py     how long a network may keep Laurel waiting for other hosts
host_identity.py       the deployment's own did:web
store.py               the port for hosted credentials; remote_sources.py: for what is fetched
"""
