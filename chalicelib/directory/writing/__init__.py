"""Keep the index: changes of listings, rebuilding, and checking.

updates.py      what is stored now of a holder, applied after each change of it
writer.py       apply changes of listings, any number of times, in any order
postings.py     edit the postings of several listings at once, alongside other writers
contention.py   retry changes that conflict with other writers
rebuild.py      build a new generation beside the current one, and switch to it
check.py        compare the index with the listings
"""
