"""Presentations: what a holder hands over, signed by the holder for one verifier, with credentials in it.

read.py     recognise the forms, and take the credentials out
checks.py   who signed it, for whom and why
verify.py   one report on the presentation, with one on each credential in it
"""
