"""The directory: what holders publish about themselves.

consent.py        the ledger of consents, and the current permissions folded from it
profile.py        what a holder states about themselves, and its limits
languages.py      the languages that a holder can choose
profile_ports.py  their storage
published.py      what an audience may see of a profile
listed.py         the indexed part of a published profile (`listing.py`)
own_profile.py    the holder's actions on their profile, through their own link
takedown.py       how an operator hides a profile
own_data.py       everything stored about a holder, for them to download
"""
