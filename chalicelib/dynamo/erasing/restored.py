"""What was erased and exists again, after a restore."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.delivery import mailbox
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.recipients import RecipientItem
from chalicelib.dynamo.stores.erasure import tombstones
from chalicelib.dynamo.tables import Raw, Tables
from chalicelib.erasure.erasure import Restored
from chalicelib.erasure.tombstone import Tombstone

_IDS = {"credential": (Tombstone.CREDENTIAL, "id"), "profile": (Tombstone.HOLDER, "holder_id"),
        "mailbox": (Tombstone.MAILBOX, "digest"), "outcome": (Tombstone.MAILBOX, "person"),
        "outcome_pointer": (Tombstone.MAILBOX, "person"), "survey_answer": (Tombstone.MAILBOX, "person"),
        "saved": (Tombstone.MAILBOX, "mailbox")}  # fmt: skip
"""The kinds of items that have tombstones, and the attribute that identifies them."""


def restored(tables: Tables, key: bytes, since: datetime) -> Iterator[Restored]:
    """What was erased after ``since`` and exists; ``key`` is that of the tombstones of mailboxes.

    Raises `Unavailable`.
    """
    after: keys.Key | None = None
    while True:
        page, after = tables.scan_page(tables.credentials, after)
        yield from _of_page(tables, key, since, [raw for raw in page if raw.get("type", {}).get("S") in _IDS])
        if after is None:
            return


def _of_page(tables: Tables, key: bytes, since: datetime, items: list[Raw]) -> Iterator[Restored]:
    named = {_name(raw, key): raw for raw in items}
    for name, at in tombstones.times(tables, list(named)).items():
        if at >= since:
            yield _restored(tables, key, since, named[name])


def _name(raw: Raw, key: bytes) -> tuple[Tombstone, str]:
    kind, name = _IDS[raw["type"]["S"]]
    return kind, tombstones.hashed(kind, raw[name]["S"], key if kind is Tombstone.MAILBOX else b"")


def _restored(tables: Tables, key: bytes, since: datetime, raw: Raw) -> Restored:
    match raw["type"]["S"]:
        case "credential":
            return _restored_credential(tables, key, since, raw)
        case "profile":
            return Restored(None, digest=raw["mailbox"]["S"])
        case "saved":
            return Restored(None, email=raw["email"]["S"])
    return Restored(None, digest=raw["digest"]["S"])


def _restored_credential(tables: Tables, key: bytes, since: datetime, raw: Raw) -> Restored:
    credential_id, issuer_id = raw["id"]["S"], raw["issuer_id"]["S"]
    recipient = reads.find(tables, tables.credentials, RecipientItem, keys.recipient(credential_id))
    if recipient is None or recipient.email is None:
        return Restored(issuer_id, credential_id=credential_id)
    name = Tombstone.MAILBOX, tombstones.hashed(Tombstone.MAILBOX, mailbox.digest(recipient.email), key)
    at = tombstones.times(tables, [name]).get(name)
    return Restored(None if at is not None and at >= since else issuer_id, email=recipient.email)
