"""The directory: what holders publish about themselves, and how they are found.

profiles/    a holder's profile, their consents, and what each audience may see
listing.py   what is indexed of a holder who is shown to everyone
listed.py    the listing of a published profile
search.py    answer a search: the entry point
query/       what can be asked, and how it is answered
index/       how listings become the pieces of the index
writing/     keep the index
text.py      how words are compared
ports.py     the storage of the index
"""
