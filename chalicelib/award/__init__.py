"""What an issuer does. Each act is a function of an `Awarding` and is stored whole or not at all.

issuers.py        found an issuer, rotate its key
achievements.py   add what can be earned
issue.py          issue a credential
standing.py       revoke, suspend, reinstate
status_lists.py   the lists behind them
sign.py           proofs and JWTs by an issuer's key
text.py           what an issuer may write
"""
