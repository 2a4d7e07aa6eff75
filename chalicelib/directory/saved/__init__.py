"""People and searches that a recruiter has saved.

saved.py      a list of them, and its limits
searches.py   a search as it is stored, from the URL of the directory
ports.py      their storage
export.py     a list as JSON, for its owner
actions.py    what a recruiter does with their list
checking.py   the daily check that emails what is new
"""
