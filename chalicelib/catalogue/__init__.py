"""The public catalogue: what an issuer offers, what it recommends next, and the links to its enrolment pages.

entry.py           an achievement as listed on public pages
related.py         which achievements to recommend next, and why
referral.py        signed links to enrolment pages
catalogue.py       the reads behind the public pages, and the recording of referrals
ports.py           the store
"""
