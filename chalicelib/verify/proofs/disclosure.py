"""Selective disclosure: `ecdsa-sd-2023` (ECDSA Cryptosuites v1.0, 3.5 and 3.6).

The issuer signs what must always be shown, and names a key that was made for this credential. That key signs each other
statement on its own, so the holder can leave statements out. Blank nodes have labels that the holder cannot choose (an
HMAC), because canonical labels would change with what is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.credential.multibase import P256_PREFIX
from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.quads import Quads
from chalicelib.verify.keys import load
from chalicelib.verify.keys.public_key import COORDINATE_SIZE, SIGNATURE_SIZE, Algorithm, Kind, PublicKey
from chalicelib.verify.proofs import cbor
from chalicelib.verify.secured import Statement

ALGORITHM = Algorithm.ES256
"""The only algorithm of the suite (3.6.1)."""
_BASE, _DERIVED = b"\xd9\x5d\x00", b"\xd9\x5d\x01"
"""The first bytes of a proof value: as issued to the holder, and as derived for a verifier (3.5.2, 3.5.7)."""
_LABEL_SIZE = 32
_KEY_SIZE = len(P256_PREFIX) + 1 + COORDINATE_SIZE[Kind.P256]
_SIGNATURE_SIZE = SIGNATURE_SIZE[ALGORITHM]


class Disclosure(NamedTuple):
    """A derived proof value (3.5.8)."""

    base_signature: bytes
    """The issuer's, over the options of the proof, ``public_key`` and the mandatory statements."""
    public_key: bytes
    """``key`` as a multikey, as the issuer signed it."""
    key: PublicKey
    signatures: tuple[bytes, ...]
    """One for each statement that is not mandatory, by ``key``."""
    labels: Mapping[str, str]
    """The label of each blank node by its canonical one, both in N-Quads notation."""
    mandatory: frozenset[int]
    """The positions of the mandatory statements among all that are shown."""


def read(proof_value: object) -> Disclosure | None:
    """Parse a proof value; None for a base proof, which only the holder should have and verifiers do not accept
    (3.6.7).

    Raises `Malformed` with code `proof_malformed`.
    """
    if not isinstance(proof_value, str) or proof_value[:1] != "u":
        raise _malformed()
    try:
        data = base64url.decode(proof_value[1:].encode("ascii"))
        if data.startswith(_BASE):
            return None
        if not data.startswith(_DERIVED):
            raise _malformed()
        return _derived(cbor.decode(data[len(_DERIVED) :]))
    except (UnicodeEncodeError, Malformed) as error:
        raise _malformed() from error


def _derived(value: cbor.Value) -> Disclosure:
    match value:
        case [bytes(base), bytes(key), list(signatures), dict(labels), list(mandatory)]:
            return Disclosure(
                base_signature=_sized(base, _SIGNATURE_SIZE),
                public_key=_sized(key, _KEY_SIZE),
                key=_key(key),
                signatures=tuple(_sized(signature, _SIGNATURE_SIZE) for signature in signatures),
                labels=_labels(labels),
                mandatory=_positions(mandatory),
            )
        case _:
            raise _malformed()


def _sized(value: cbor.Value, size: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != size:
        raise _malformed()
    return value


def _key(multikey: bytes) -> PublicKey:
    if not multikey.startswith(P256_PREFIX):
        raise _malformed()
    return load.elliptic(Kind.P256, multikey[len(P256_PREFIX) :])


def _labels(compressed: Mapping[int, cbor.Value]) -> Mapping[str, str]:
    """Return the label map (3.5.6). Two nodes with one label would be one node in what was signed."""
    labels = {
        f"_:c14n{number}": f"_:u{base64url.encode(_sized(label, _LABEL_SIZE)).decode()}"
        for number, label in compressed.items()
    }
    if len(set(labels.values())) < len(labels):
        raise _malformed()
    return labels


def _positions(values: list[cbor.Value]) -> frozenset[int]:
    positions = frozenset(value for value in values if isinstance(value, int))
    if len(positions) < len(values):
        raise _malformed()
    return positions


def _malformed() -> Malformed:
    return Malformed("The proof has no valid value for selective disclosure.", code="proof_malformed")


class Disclosed(NamedTuple):
    """What a derived proof covers of the document that it came with."""

    signed: bytes
    """What the issuer signed after the hash of the options: the key, and the hash of the mandatory statements."""
    statements: tuple[Statement, ...]


def disclosed(document: Quads, canonical: Mapping[str, str], disclosure: Disclosure) -> Disclosed | None:
    """Return what ``disclosure`` covers (3.6.6), or None if it belongs to another document. ``canonical`` are the
    document's canonical labels.

    That is so if it does not label exactly the document's blank nodes, or has more or fewer signatures than there are
    statements to sign.
    """
    if set(canonical.values()) != disclosure.labels.keys():
        return None
    lines = rdfc.labelled(document, {node: disclosure.labels[label] for node, label in canonical.items()})
    others = [line for position, line in enumerate(lines) if position not in disclosure.mandatory]
    mandatory = [line for position, line in enumerate(lines) if position in disclosure.mandatory]
    if len(mandatory) < len(disclosure.mandatory) or len(others) != len(disclosure.signatures):
        return None
    return Disclosed(
        signed=disclosure.public_key + hashlib.sha256("".join(mandatory).encode()).digest(),
        statements=tuple(
            Statement(disclosure.key, ALGORITHM, signature, line.encode())
            for signature, line in zip(disclosure.signatures, others, strict=True)
        ),
    )
