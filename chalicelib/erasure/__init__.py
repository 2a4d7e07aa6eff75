"""Erasure of a person: every trace of them is deleted, in all tables.

erasure.py    what is asked for, and its ports
tombstone.py  what is left
requests.py   ask for an erasure, and cancel it while it waits
running.py    carry out what is due, in two steps, each safe to repeat
reapply.py    erase again what a restore brought back
"""
