"""Histories of did:webvh: those in `logs`, written by an independent implementation (`tools/peer/webvh.mjs`), and our
own with any fault in them, since no library writes faulty ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.credential.multibase import encode_base58btc, encode_ed25519
from chalicelib.verify import data_integrity
from chalicelib.verify.canonical import jcs
from chalicelib.verify.did_webvh import identifier, log
from chalicelib.verify.did_webvh.hashes import multihash
from chalicelib.verify.did_webvh.log import History
from tests.makers import NOW, Signatory

LOGS = Path(__file__).parent / "logs"
FIRST, SECOND, THIRD, ISSUING = map(Signatory.number, (1, 2, 3, 4))
START = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = "did:webvh:{SCID}:issuer.example"
Entry = dict[str, Any]


def published(name: str) -> bytes:
    return (LOGS / f"{name}.jsonl").read_bytes()


def entries_of(source: bytes) -> list[Entry]:
    return [json.loads(line) for line in source.splitlines()]


def lines(entries: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(entry, separators=(",", ":")).encode() + b"\n" for entry in entries)


def did_of(source: bytes) -> str:
    return str(entries_of(source)[0]["state"]["id"])


def read(source: bytes, did: str | None = None, now: datetime = NOW) -> History:
    return log.read(identifier.parse(did or did_of(source)), source, now)


def multikey(key: Signatory) -> str:
    return encode_ed25519(key.public)


def key_hash(key: Signatory) -> str:
    return multihash(multikey(key).encode())


def document(did: str = PLACEHOLDER, **members: Any) -> Entry:
    method = {"id": f"{did}#key-1", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(ISSUING)}
    return {"id": did, "verificationMethod": [method], "assertionMethod": [f"{did}#key-1"], **members}


def proof_of(entry: Mapping[str, Any], key: Signatory, **options: Any) -> Entry:
    given = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key.method,
        "created": "2026-01-01T00:00:00Z",
        "proofPurpose": "assertionMethod",
        **options,
    }
    value = key.private.sign(data_integrity.signed_bytes(entry, given, "eddsa-jcs-2022"))
    return {**given, "proofValue": encode_base58btc(value)}


def signed(entry: Mapping[str, Any], before: str, number: int, key: Signatory, **options: Any) -> Entry:
    """``entry`` with its hash and its signature."""
    hashed = {**entry, "versionId": f"{number}-{multihash(jcs.canonicalize({**entry, 'versionId': before}))}"}
    return {**hashed, "proof": [proof_of(hashed, key, **options)]}


def first(key: Signatory = FIRST, *, state: Entry | None = None, **parameters: Any) -> Entry:
    given = {"method": "did:webvh:1.0", "scid": "{SCID}", "updateKeys": [multikey(key)], **parameters}
    entry = {
        "versionId": "{SCID}",
        "versionTime": "2026-01-01T00:00:00Z",
        "parameters": {name: value for name, value in given.items() if value is not ...},
        "state": state or document(),
    }
    scid = multihash(jcs.canonicalize(entry))
    named = json.loads(json.dumps(entry).replace("{SCID}", scid))
    return signed(named, scid, 1, key)


def following(before: Entry, key: Signatory = FIRST, **changes: Any) -> Entry:
    """The next version; ``changes`` are of its members, ``number`` and ``options`` of its signature."""
    number, options = changes.pop("number", int(before["versionId"].split("-")[0]) + 1), changes.pop("options", {})
    later = START + timedelta(days=number - 1)
    entry = {
        "versionTime": later.isoformat().replace("+00:00", "Z"),
        "parameters": {},
        "state": before["state"],
        **changes,
    }
    return signed(entry, before["versionId"], number, key, **options)
