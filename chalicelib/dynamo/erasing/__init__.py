"""The search of all tables for what an erasure left behind.

contents.py   the text of an item, including what is compressed in it
traces.py     what is looked for
rules.py      what happens to an item of each kind with a trace
listings.py   the same for the search index of the directory
sweep.py      the pages of all tables
"""
