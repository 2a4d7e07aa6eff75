"""Mail: the only importer of SES.

render.py     a letter as text and as HTML, from `templates/`
message.py    the message around both, with its headers
ses.py        the way out
"""
