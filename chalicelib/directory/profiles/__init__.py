"""What holders publish about themselves.

consent.py      the ledger of consents, and its fold into what is allowed now
profile.py      what a holder states about themselves, and its limits
languages.py    the languages that a holder can choose
ports.py        their storage
published.py    what everyone may see of a profile
own_profile.py  what a holder does with their profile, through their own link
takedown.py     how an operator hides a profile
own_data.py     everything stored about a holder, for them to download
"""
