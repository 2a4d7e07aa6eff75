"""Outgoing email; the only importer of SES.

render.py     render an email as text and as HTML, from `templates/`
message.py    the MIME message with its headers
ses.py        send it through Amazon SES
"""
