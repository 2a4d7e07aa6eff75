"""Decentralised identifiers of the issuers that Laurel hosts, and the documents behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from chalicelib.credential import dates, vocabulary
from chalicelib.credential.issuer import SigningKey
from chalicelib.credential.multibase import encode_ed25519

# Characters of a DID (DID Core, 3.1). Percent-encoding is allowed only for the colon before a port; in a path it could
# only hide a dot, a slash or a backslash.
DID_WEB = re.compile(
    r"did:web:(?P<host>[A-Za-z0-9.-]+)(?:%3[Aa](?P<port>[0-9]{1,5}))?(?P<path>(?::[A-Za-z0-9._-]+)*)", re.ASCII
)
"""A did:web (did:web Method Specification, 3.1). The parts of its path are separated by colons."""


DID_WEBVH = re.compile(
    r"did:webvh:(?P<scid>[1-9A-HJ-NP-Za-km-z]{46}):"
    r"(?P<host>[A-Za-z0-9.-]+)(?:%3[Aa](?P<port>[0-9]{1,5}))?(?P<path>(?::[A-Za-z0-9._-]+)*)",
    re.ASCII,
)
"""A did:webvh (did:webvh v1.0, "Method-Specific Identifier"), with the same parts after its SCID."""


def host_did(base_url: str) -> str:
    """The did:web of the host behind ``base_url`` (did:web, 3.1: the port's colon is percent-encoded)."""
    return "did:web:" + urlsplit(base_url).netloc.replace(":", "%3A")


def issuer_did(base_url: str, issuer_id: str) -> str:
    """The did:web of a hosted issuer; its document is at ``{base_url}/issuers/{issuer_id}/did.json``."""
    return f"{host_did(base_url)}:issuers:{issuer_id}"


def key_did(public: bytes) -> str:
    """The did:key of a raw Ed25519 public key."""
    return f"did:key:{encode_ed25519(public)}"


def did_document(did: str, keys: Sequence[SigningKey]) -> dict[str, object]:
    """The DID document of ``did`` (DID Core v1.0; Controlled Identifiers v1.0).

    A retired key stays, with `expires`, so that what it signed earlier can still be verified; a revoked key
    stays with `revoked` and is no longer listed for assertions.
    """
    return {
        "@context": [vocabulary.DID_V1, vocabulary.MULTIKEY_V1],
        "id": did,
        "verificationMethod": [_method(did, key, *multikey) for key in keys for multikey in key.multikeys],
        "assertionMethod": [
            f"{did}#{fragment}" for key in keys if key.revoked is None for fragment, _ in key.multikeys
        ],
    }


def _method(did: str, key: SigningKey, fragment: str, multibase: str) -> dict[str, object]:
    method: dict[str, object] = {
        "id": f"{did}#{fragment}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multibase,
    }
    if key.retired is not None:
        method["expires"] = dates.write(key.retired)
    if key.revoked is not None:
        method["revoked"] = dates.write(key.revoked)
    return method
