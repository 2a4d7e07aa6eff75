"""Batches of credentials: many at once, by a program or by a person.

api.py           the JSON API
request_body.py  its request
result_json.py   the result of an item
answer_json.py   the response, and that of a job
page.py          the page for a spreadsheet of links
"""
