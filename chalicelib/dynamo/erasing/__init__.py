"""The search of all tables for what an erasure left behind.

contents.py   the text of an item, also of what is compressed in it
traces.py     what is looked for
rules.py      what happens to an item of each kind with a trace
sweep.py      the pages of all tables
"""
