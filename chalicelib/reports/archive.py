"""The time at which Laurel stored a signature: evidence of its age that its signer cannot forge."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential.build import credential_url
from chalicelib.credential.multibase import decode_base58btc
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.credential.record import Record
from chalicelib.errors import Malformed, NotFound
from chalicelib.reports.store import PublicStore


@dataclass(frozen=True, slots=True)
class RecordArchive:
    """`verify.ports.Archive` of one record, the hosted credential that is verified."""

    base_url: str
    record: Record

    def stored_at(self, credential_id: str, signature: bytes) -> datetime | None:
        """See `Archive`."""
        is_it = credential_id == credential_url(self.base_url, self.record.id) and signature in signatures(self.record)
        return self.record.issued_at if is_it else None


@dataclass(frozen=True, slots=True)
class StoreArchive:
    """`verify.ports.Archive` of every hosted credential."""

    base_url: str
    public_store: PublicStore

    def stored_at(self, credential_id: str, signature: bytes) -> datetime | None:
        """See `Archive`."""
        prefix = credential_url(self.base_url, "")
        name = credential_id.removeprefix(prefix)
        if not credential_id.startswith(prefix) or not PUBLIC_ID.fullmatch(name):
            return None
        try:
            record = self.public_store.record(name)
        except NotFound:
            return None
        return record.issued_at if signature in signatures(record) else None


def signatures(record: Record) -> frozenset[bytes]:
    """The signatures of a stored credential: of its proof, and of its JWT if it has one."""
    found = [_proof_value(record.document), _jws_signature(record.jwt)]
    return frozenset(each for each in found if each)


def _proof_value(document: bytes) -> bytes:
    try:
        return decode_base58btc(json.loads(document)["proof"]["proofValue"])
    except (AttributeError, KeyError, Malformed, TypeError, ValueError):
        return b""  # a record without a readable proof shows the age of none


def _jws_signature(jwt: str | None) -> bytes:
    text = (jwt or "").rpartition(".")[2]
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""
