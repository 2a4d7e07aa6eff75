"""Open Badges 2.0: an assertion, its badge class and its issuer are three documents; only the assertion may be signed.

documents.py    fetch and cross-check the three
translate.py    the three as one Open Badges 3.0 document, so that every check and page reads the same members
values.py       dates, identities and lists as this standard writes them
secured.py      what secures a badge: the site that publishes it, or a signature
revocation.py   the issuer's list of revoked assertions
"""
