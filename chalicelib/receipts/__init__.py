"""Receipts: signed, permanent records of what a verification found, without personal data.

receipt.py    the models and the ports: the verification request, the stored receipt, its store, its signer
making.py     make receipts, and find them again
payload.py    PURE  the signed part: hashes, codes and times
readable.py   PURE  the readable part: names, addresses and sentences, stored apart and erasable
digests.py    PURE  hashes, salted where the hashed text could be guessed
unchecked.py  PURE  codes for what a report did not check
jws.py        PURE  the compact JWS: write, parse, check
keys.py       the published keys, including retired ones
limits.py     how many receipts a network or a verifier may get in a day
"""
