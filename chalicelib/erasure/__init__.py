"""Erasure of a person: every trace of them is deleted, in all tables.

erasure.py    the request for an erasure, and its ports
tombstone.py  what is left
requests.py   request an erasure, and cancel it while it is pending
running.py    carry out what is due, in two steps, each safe to repeat
reapply.py    erase again what a restore brought back
"""
