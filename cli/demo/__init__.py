"""The demo data: every verdict on show.

catalogue.py, people.py   who issues what to whom
pictures.py, png.py       the badges' pictures, drawn by code
plan.py                   which credential is of which kind
damage.py                 how the bad ones are made
seed.py                   what is missing is added, what is there is left
command.py                `python -m cli demo`
"""
