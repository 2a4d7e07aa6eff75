"""What issuers write. Every deed is one transaction: all of it is stored, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList
from chalicelib.dynamo import keys
from chalicelib.dynamo.models import (
    AchievementItem,
    ImageItem,
    IndexMarker,
    IssuerItem,
    Pointer,
    Readable,
    RecordItem,
    StatusListItem,
    read,
)
from chalicelib.dynamo.shelf import DynamoShelf
from chalicelib.dynamo.tables import ConditionFailed, Put, Raw
from chalicelib.errors import Conflict, Refused

N = TypeVar("N")

PAGE = 25
"""Items fetched at once while listing: 25 of the largest stay below the 16 MB of one BatchGetItem."""


class DynamoLedger(DynamoShelf):
    """`award.ports.Ledger` on DynamoDB. It reads as the shelf does, and writes."""

    def issuers(self) -> Iterator[Issuer]:
        pointers = self._tables.query(self._tables.credentials, keys.issuers())
        return self._follow(pointers, IssuerItem, keys.issuer)

    def add_issuer(self, issuer: Issuer, lists: Sequence[StatusList]) -> None:
        pointer = Pointer(*keys.issuer_pointer(issuer.id), target=issuer.id)
        self._transact(
            Put(IssuerItem.of(issuer).raw()),
            Put(pointer.raw()),
            Put(Pointer(*keys.did_pointer(issuer.did), target=issuer.id).raw()),
            *(Put(StatusListItem.of(status_list).raw()) for status_list in lists),
        )

    def replace_issuer(self, issuer: Issuer, lists: Sequence[StatusList] = ()) -> None:
        self._transact(_next(IssuerItem.of(issuer).raw(), issuer.version), *_next_lists(lists))

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:
        key = keys.achievement(issuer_id, achievement_id)
        return self._one(AchievementItem, key, "This issuer has no achievement with this id.")

    def achievements(self, issuer_id: str) -> Iterator[Achievement]:
        for raw in self._tables.query(self._tables.credentials, keys.achievements(issuer_id)):
            yield read(AchievementItem, raw)

    def add_achievement(self, achievement: Achievement) -> None:
        self._transact(Put(AchievementItem.of(achievement).raw()))

    def records(self, issuer_id: str) -> Iterator[Record]:
        pointers = self._tables.query(self._tables.credentials, keys.records(issuer_id))
        return self._follow(pointers, RecordItem, keys.record)

    def add_record(self, record: Record) -> None:
        pointer_key = keys.record_pointer(record.issuer_id, record.issued_at, record.id)
        places = [keys.index_marker(entry.list_id, entry.index) for entry in record.entries]
        if len(set(places)) < len(places):
            raise Refused("A credential cannot have one place in a status list twice.", code="index_twice")
        try:
            self._transact(
                Put(RecordItem.of(record).raw()),
                *(Put(IndexMarker(*place, credential_id=record.id).raw()) for place in places),
                Put(Pointer(*pointer_key, target=record.id).raw()),
            )
        except ConditionFailed as error:
            if 0 in error.found:
                raise Conflict("Another credential has this id.", code="id_taken") from error
            raise Conflict("Another credential has this status list index.", code="index_taken") from error

    def replace_standing(self, record: Record, lists: Sequence[StatusList]) -> None:
        self._transact(_next(RecordItem.of(record).raw(), record.version), *_next_lists(lists))

    def add_image(self, image: Image) -> None:
        try:
            self._tables.put(self._tables.credentials, Put(ImageItem.of(image).raw()))
        except ConditionFailed:
            return  # named by its content: what stands there is the same picture

    def _transact(self, *puts: Put) -> None:
        self._tables.transact(self._tables.credentials, puts)

    def _follow(
        self, pointers: Iterator[Raw], model: type[Readable[N]], key_of: Callable[[str], keys.Key]
    ) -> Iterator[N]:
        """What the pointers point to, in their order; one that has gone since they were read is left out."""
        while page := [key_of(read(Pointer, raw)) for raw in islice(pointers, PAGE)]:
            found = self._tables.get_many({self._tables.credentials: page})
            yield from (read(model, found[key]) for key in page if key in found)


def _next(raw: Raw, version: int) -> Put:
    """Put version ``version`` over the one before it."""
    if version == 1:
        return Put(raw)
    return Put(raw, "version = :before", {":before": {"N": str(version - 1)}})


def _next_lists(lists: Sequence[StatusList]) -> list[Put]:
    return [_next(StatusListItem.of(status_list).raw(), status_list.version) for status_list in lists]
