"""The items of a credential and its status lists, as they are put in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.award.issuing.recipient import Issued
from chalicelib.award.issuing.search import (
    row_of,
)
from chalicelib.credential.record import Record, StatusList
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, Pointer
from chalicelib.dynamo.items.credentials import RecordItem, StatusListItem
from chalicelib.dynamo.items.recipients import HolderPointer, IndexMarker, RecipientItem, RowItem
from chalicelib.dynamo.stores.tasks import raw as raw_task
from chalicelib.dynamo.tables import ConditionFailed, Put, Update
from chalicelib.dynamo.writes import MAX_ACTIONS, replacing
from chalicelib.errors import Conflict, Refused

MAX_TRANSACTION_BYTES = 3_500_000
"""Maximum bytes in one TransactWriteItems, whose limit is 4 MB."""
RECORD_OVERHEAD = 8_000
"""Maximum bytes stored with one credential besides its document and JWT: its names and addresses, several times."""


def new_record(issued: Issued) -> list[Put]:
    """All puts for a new credential; the record comes first."""
    record, recipient, tasks = issued
    markers = [keys.index_marker(entry.list_id, entry.index) for entry in record.entries]
    if len(set(markers)) < len(markers):
        raise Refused("A credential cannot use the same status list index twice.", code="index_twice")
    email = recipient.email if recipient else None
    items: list[Item] = [
        RecordItem.of(record),
        *(IndexMarker(*marker, credential_id=record.id) for marker in markers),
        RowItem.of(row_of(record, recipient)),
    ]
    if recipient is not None:
        items.append(RecipientItem.of(recipient))
    if email is not None:
        pointers = (
            keys.holder_of_issuer(record.issuer_id, email, record.issued_at, record.id),
            keys.holder(email, record.issuer_id, record.id),
        )
        items += [HolderPointer(*key, issuer_id=record.issuer_id, credential_id=record.id) for key in pointers]
    return [*(Put(item.raw()) for item in items), *(Put(raw_task(task)) for task in tasks)]


def conflict(error: ConditionFailed) -> Conflict:
    """The error when `new_record` met an item that is already stored."""
    if 0 in error.found:
        return Conflict("Another credential has this id.", code="id_taken")
    return Conflict("Another credential has this status list index.", code="index_taken")


def in_transactions(issued: Sequence[Issued]) -> Iterator[Sequence[Issued]]:
    """Split ``issued``, in order, into groups that fit into one transaction each."""
    start = actions = size = 0
    for at, (record, _, tasks) in enumerate(issued):
        actions_needed = 5 + len(record.entries) + len(tasks)  # record, row, recipient, two pointers
        bytes_needed = len(record.document) + len(record.jwt or "") + RECORD_OVERHEAD
        if at > start and (actions + actions_needed > MAX_ACTIONS or size + bytes_needed > MAX_TRANSACTION_BYTES):
            yield issued[start:at]
            start, actions, size = at, 0, 0
        actions += actions_needed
        size += bytes_needed
    if start < len(issued):
        yield issued[start:]


def next_record(record: Record) -> Put:
    """The put of a credential in place of its previous version, which must belong to the same issuer."""
    return replacing(RecordItem.of(record).raw(), record.version - 1, record.issuer_id)


def row_update(record: Record) -> Update:
    """The update of a credential's row to its next record; the recipient never changes."""
    raw = RowItem.of(row_of(record, None)).raw()
    changing = {name: value for name, value in raw.items() if name not in ("pk", "sk", "email", "notify")}
    return Update(keys.row(record.issuer_id, record.issued_at, record.id), changing)


def list_pointers(lists: Sequence[StatusList]) -> list[Put]:
    """Pointers to the new ones of an issuer's status lists."""
    new = [one for one in lists if one.version == 1]
    return [Put(Pointer(*keys.list_pointer(one.issuer_id, one.id), target=one.id).raw()) for one in new]


def next_lists(lists: Sequence[StatusList]) -> list[Put]:
    """The puts of status lists in place of their previous versions."""
    return [replacing(StatusListItem.of(one).raw(), one.version - 1, one.issuer_id) for one in lists]
