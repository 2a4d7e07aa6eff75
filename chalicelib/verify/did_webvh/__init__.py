"""did:webvh v1.0: a DID whose document comes with its history, in which each version is signed (DIF, did:webvh v1.0).

identifier.py  the identifier, and the addresses of its files
parameters.py  who may change the document, as each version states it
entry.py       one version: its hash and its signatures
log.py         the whole history, from the first version to the current document
witnesses.py   the confirmations by other parties
"""
