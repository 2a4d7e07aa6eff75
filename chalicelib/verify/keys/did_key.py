"""did:key: an identifier that contains its own key (did:key v0.9)."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.verify.keys import load
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.ports import Controller, Method

PREFIX = "did:key:"


@lru_cache(maxsize=load.CACHED)
def controller_of(did: str) -> Controller:
    """Return the controller that a did:key encodes (3.1): one method, whose fragment repeats the key.

    Raises `Malformed` as `from_multikey` does.
    """
    multikey = did.removeprefix(PREFIX)
    return Controller(did, (Method(f"{did}#{multikey}", from_multikey(multikey), assertion=True, authentication=True),))
