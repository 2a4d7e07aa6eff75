"""Preview of an issuer's branding before it is saved.

preview.py  the route, and the document in the frame
sample.py   what is shown: a sample credential as page, email, share image and certificate
"""
