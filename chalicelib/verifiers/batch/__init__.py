"""Verify many credentials at once.

items.py      read the items of a batch
csv_rows.py   read them from a spreadsheet of links
checking.py   verify them, with what they share fetched once
answering.py  answer a batch within one request
job.py        a batch that is processed in the background, and its stores
jobs.py       create a job, process it, and report its progress
"""
