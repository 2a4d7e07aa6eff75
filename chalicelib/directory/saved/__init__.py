"""People and searches that a recruiter keeps.

saved.py      a list of them, and its limits
searches.py   a search as it is kept, from the URL of the directory
ports.py      their storage
actions.py    what a recruiter does with their list
checking.py   the daily check that tells them what is new
"""
