"""Demo data: a credential for every verdict.

catalogue.py, people.py   issuers, achievements and holders
pictures.py, png.py       achievement images, drawn by code
plan.py                   which credential is of which kind
damage.py                 how the invalid credentials are made
verifier.py               a job platform with an API key
seed.py                   creates missing data and leaves existing data unchanged
command.py                `laurel demo`
"""
