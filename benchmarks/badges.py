"""The credentials that are verified: examples of the Open Badges 3.0 specification, signed here."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.credential.did import key_did
from chalicelib.credential.multibase import encode_ed25519
from chalicelib.errors import Unavailable
from chalicelib.verify.data_integrity import sign
from chalicelib.verify.ports import Controller, Fetched, KnownIssuer, World

ROOT = Path(__file__).resolve().parent.parent
VECTORS = Path(os.environ.get("LAUREL_VECTORS", ROOT.parent / "shared" / "vectors"))
EXAMPLES = {"simple": "basicOpenBadgeCredential", "complete": "fullOpenBadge"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = datetime(2026, 6, 1, tzinfo=UTC)


class ExamplesMissing(Exception):
    """The specification's examples are not on this machine; the message says where they are looked for."""


def badge(size: str, suite: str) -> bytes:
    """The example of this ``size``, signed under ``suite`` by its issuer, a did:key; as pretty JSON, as published."""
    folder = VECTORS / "openbadges"
    if not folder.is_dir():
        raise ExamplesMissing(f"the specification's examples are not at {folder}; set LAUREL_VECTORS")
    document: dict[str, Any] = json.loads((folder / f"{EXAMPLES[size]}.json").read_bytes())
    public = KEY.public_key().public_bytes_raw()
    document["issuer"]["id"] = did = key_did(public)
    method = f"{did}#{encode_ed25519(public)}"
    signed = sign(document, suite=suite, method=method, created=NOW, signer=KEY.sign)
    return json.dumps(signed, indent=2, ensure_ascii=False).encode()


class Nobody:
    """A world without network in which nobody else is known: every port of verification."""

    def find(self, did: str) -> Controller:
        raise Unavailable(f"there is no network to look {did} up")

    def fetch(self, url: str) -> Fetched:
        raise Unavailable(f"there is no network to read {url}")


class EmptyRegistry:
    """A registry without entries."""

    def find(self, did: str) -> KnownIssuer | None:
        del did
        return None


WORLD = World(Nobody(), Nobody(), EmptyRegistry())
