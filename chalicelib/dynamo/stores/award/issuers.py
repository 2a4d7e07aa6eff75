"""The store that issuers write to. Every change is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

from chalicelib.access.models import Member
from chalicelib.access.roles import Role
from chalicelib.analytics.counts.view_counts import ViewCounts
from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.award.issuing.search import (
    MAX_PER_ADDRESS,
    Place,
    Row,
)
from chalicelib.catalogue.entry import entry_of
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Pointer, read
from chalicelib.dynamo.items.catalogue import CatalogueEntryItem
from chalicelib.dynamo.items.credentials import ImageItem, RecordItem, StatusListItem
from chalicelib.dynamo.items.issuers import AchievementItem, IssuerItem
from chalicelib.dynamo.items.recipients import HolderPointer, RecipientItem, RowItem
from chalicelib.dynamo.items.view_counts import ViewCountsItem
from chalicelib.dynamo.stores.access.members import first_member
from chalicelib.dynamo.stores.award.credential_puts import (
    conflict,
    in_transactions,
    list_pointers,
    new_record,
    next_lists,
    next_record,
    row_update,
)
from chalicelib.dynamo.stores.public import DynamoPublicStore
from chalicelib.dynamo.stores.tasks import raw as raw_task
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, ConditionFailed, Delete, Put, Raw, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import LaurelError, NotFound, Refused, Unavailable
from chalicelib.tasks.task_queue import Task

_NO_ACHIEVEMENT = "This issuer does not have this achievement."


class DynamoIssuerStore(DynamoPublicStore):
    """`award.ports.IssuerStore` on DynamoDB: the reads of the public store, and the writes."""

    def issuers(self) -> Iterator[Issuer]:
        pointers = self._tables.query(self._tables.credentials, keys.issuers())
        issuer_keys = (keys.issuer(read(Pointer, raw)) for raw in pointers)
        return (read(IssuerItem, raw) for raw in self._existing(issuer_keys))

    def add_issuer(
        self, issuer: Issuer, lists: Sequence[StatusList], owner: str | None = None, names: Collection[str] = ()
    ) -> None:
        pointer = Pointer(*keys.issuer_pointer(issuer.id), target=issuer.id)
        self._transact(
            Put(IssuerItem.of(issuer).raw()),
            Put(pointer.raw()),
            Put(Pointer(*keys.did_pointer(issuer.did), target=issuer.id).raw()),
            *(Put(StatusListItem.of(status_list).raw()) for status_list in lists),
            *list_pointers(lists),
            *(() if owner is None else first_member(Member(issuer.id, owner, Role.OWNER, issuer.keys[0].created))),
            *_name_holders(names, issuer.id),
        )

    def replace_issuer(self, issuer: Issuer, lists: Sequence[StatusList] = (), names: Collection[str] = ()) -> None:
        puts = [*next_lists(lists), *list_pointers(lists), *_name_holders(names, issuer.id)]
        self._transact(replacing(IssuerItem.of(issuer).raw(), issuer.version - 1), *puts)

    def add_name_holder(self, digest: str, issuer_id: str) -> None:
        for put in _name_holders([digest], issuer_id):
            self._tables.put(self._tables.credentials, put)

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:
        return self._require(AchievementItem, keys.achievement(issuer_id, achievement_id), _NO_ACHIEVEMENT)

    def achievements(self, issuer_id: str) -> Iterator[Achievement]:
        return reads.list_range(self._tables, self._tables.credentials, AchievementItem, keys.achievements(issuer_id))

    def achievements_by_id(self, issuer_id: str, ids: Collection[str]) -> dict[str, Achievement]:
        wanted = [keys.achievement(issuer_id, each) for each in sorted(set(ids))]
        found = reads.existing(self._tables, self._tables.credentials, wanted, consistent=False)
        return {each.id: each for each in (read(AchievementItem, raw) for raw in found)}

    def add_achievement(self, achievement: Achievement) -> None:
        pointer = Pointer(*keys.achievement_pointer(achievement.id), target=achievement.issuer_id)
        self._transact(
            Put(AchievementItem.of(achievement).raw()),
            _put_version(achievement),
            Put(pointer.raw(), f"{ABSENT} OR target = :issuer", {":issuer": {"S": achievement.issuer_id}}),
            Put(CatalogueEntryItem.of(entry_of(achievement)).raw(), UNCONDITIONAL),
        )

    def replace_achievement(self, before: Achievement, after: Achievement) -> None:
        values = {":before": {"N": str(before.version)}}
        # An achievement stored before versions existed has no number, and its first version is not stored yet.
        same = "version = :before" if before.version > 1 else "(version = :before OR attribute_not_exists(version))"
        puts = [
            Put(AchievementItem.of(after).raw(), f"attribute_exists(pk) AND {same}", values),
            _put_version(after),
            Put(_put_version(before).item, "attribute_not_exists(pk) OR version = :before", values),
        ]
        if after.archived:
            unlisted = Delete(keys.catalogue_entry(after.issuer_id, after.id), UNCONDITIONAL)
            self._tables.transact(self._tables.credentials, puts, [unlisted])
        else:
            self._transact(*puts, Put(CatalogueEntryItem.of(entry_of(after)).raw(), UNCONDITIONAL))

    def achievement_version(self, issuer_id: str, achievement_id: str, version: int) -> Achievement:
        present = self.achievement(issuer_id, achievement_id)
        if present.version == version:
            return present
        key = keys.achievement_version(issuer_id, achievement_id, version)
        return self._require(AchievementItem, key, "This achievement has no such version.")

    def achievement_versions(self, issuer_id: str, achievement_id: str) -> Iterator[Achievement]:
        part = keys.achievement_versions(issuer_id, achievement_id)
        stored = list(reads.list_range(self._tables, self._tables.credentials, AchievementItem, part))
        if stored:
            yield from stored
            return
        with suppress(NotFound):
            yield self.achievement(issuer_id, achievement_id)  # the first version, stored before versions were kept

    def records_by_id(self, credential_ids: Collection[str]) -> dict[str, Record]:
        found = self._existing(keys.record(each) for each in sorted(set(credential_ids)))
        return {each.id: each for each in (read(RecordItem, raw) for raw in found)}

    def records(self, issuer_id: str) -> Iterator[Record]:
        rows = self._tables.query(self._tables.credentials, keys.rows(issuer_id))
        return (read(RecordItem, raw) for raw in self._existing(keys.record(_id_in(raw)) for raw in rows))

    def add_record(self, record: Record, recipient: Recipient | None = None, tasks: Sequence[Task] = ()) -> None:
        try:
            self._transact(*new_record(Issued(record, recipient, tasks)))
        except ConditionFailed as error:
            raise conflict(error) from error

    def add_records(self, issued: Sequence[Issued]) -> list[LaurelError | None]:
        return [outcome for group in in_transactions(issued) for outcome in self._add_group(group)]

    def _add_group(self, group: Sequence[Issued]) -> list[LaurelError | None]:
        puts: list[Put] = []
        primary: list[int] = []
        try:
            for one in group:
                primary.append(len(puts))
                puts += new_record(one)
            self._tables.transact(self._tables.credentials, puts, primary=primary)
        except (ConditionFailed, Refused):
            # One failed condition cancels the whole transaction, so store them one by one to find out which failed.
            return [_outcome(self.add_record, *one) for one in group]
        except LaurelError as error:
            return [error] * len(group)
        return [None] * len(group)

    def taken(self, list_id: str, indexes: Sequence[int]) -> set[int]:
        wanted = {keys.index_marker(list_id, index): index for index in indexes}
        return {wanted[key] for key in self._tables.get_many({self._tables.credentials: list(wanted)})}

    def recipient(self, credential_id: str) -> Recipient:
        return self._require(
            RecipientItem, keys.recipient(credential_id), "No recipient is stored for this credential."
        )

    def recipients(self, credential_ids: Collection[str]) -> list[Recipient]:
        wanted = [keys.recipient(each) for each in sorted(set(credential_ids))]
        found = reads.existing(self._tables, self._tables.credentials, wanted, consistent=False)
        return [read(RecipientItem, raw) for raw in found]

    def holder_issuers(self, email: str, after: str | None, limit: int) -> list[str]:
        found: list[str] = []
        while len(found) < limit:
            # Read only one item of the next issuer, because an issuer can have any number of credentials.
            part = keys.holders_after(email, after)
            first = next(reads.list_range(self._tables, self._tables.credentials, HolderPointer, part, 1), None)
            if first is None:
                break
            after = first.issuer_id
            found.append(after)
        return found

    def holdings(self, issuer_id: str, email: str, before: Place | None, limit: int) -> list[Place]:
        start = None if before is None else (before.issued_at, before.credential_id)
        query = self._tables.query(self._tables.credentials, keys.holdings_before(issuer_id, email, start), limit)
        return [Place(*keys.holding_in(raw["sk"]["S"])) for raw in islice(query, limit)]

    def rows(self, issuer_id: str, after: Place | None, limit: int, *, consistent: bool = True) -> list[Row]:
        start = keys.row(issuer_id, after.issued_at, after.credential_id) if after else None
        part = keys.rows_before(issuer_id, start)
        query = self._tables.query(self._tables.credentials, part, limit, consistent=consistent)
        return [read(RowItem, raw) for raw in islice(query, limit)]

    def rows_of_email(self, issuer_id: str, email: str) -> list[Row]:
        pointers = self._tables.query(self._tables.credentials, keys.holders_of_issuer(issuer_id, email))
        partition = keys.rows(issuer_id).pk
        row_keys = (keys.Key(partition, raw["sk"]["S"]) for raw in islice(pointers, MAX_PER_ADDRESS))
        return [read(RowItem, raw) for raw in self._existing(row_keys)]

    def status_lists(self, issuer_id: str) -> Iterator[StatusList]:
        return list_all_status_lists(self._tables, issuer_id)

    def _existing(self, wanted: Iterable[keys.Key]) -> Iterator[Raw]:
        return reads.existing(self._tables, self._tables.credentials, wanted)

    def replace_status(self, record: Record, lists: Sequence[StatusList], tasks: Sequence[Task] = ()) -> None:
        puts = [next_record(record), *next_lists(lists), *(Put(raw_task(task)) for task in tasks)]
        self._tables.transact(self._tables.credentials, puts, updates=[row_update(record)])

    def show_view_counts(self, record: Record) -> None:
        view_counts = ViewCountsItem.of(record.issuer_id, ViewCounts(record.id), 0)
        puts, deletes = [next_record(record)], []
        if record.shows_view_counts:
            puts.append(Put(view_counts.raw(), UNCONDITIONAL))
        else:
            deletes.append(Delete(keys.view_counts(record.issuer_id, record.id), UNCONDITIONAL))
        self._tables.transact(self._tables.credentials, puts, deletes)

    def supersede(self, before: Record, lists: Sequence[StatusList], issued: Issued) -> None:
        new = new_record(issued)
        puts = [*new, next_record(before), *next_lists(lists)]
        try:
            self._tables.transact(self._tables.credentials, puts, updates=[row_update(before)])
        except ConditionFailed as error:
            if any(at < len(new) for at in error.found):
                raise conflict(error) from error
            raise

    def add_image(self, image: Image) -> None:
        try:
            self._tables.put(self._tables.credentials, Put(ImageItem.of(image).raw()))
        except ConditionFailed:
            return  # the key is a hash of the content, so the stored image is the same

    def _transact(self, *puts: Put) -> None:
        self._tables.transact(self._tables.credentials, puts)


def _outcome(action: Callable[..., None], *arguments: object) -> LaurelError | None:
    try:
        action(*arguments)
    except LaurelError as error:
        return error
    return None


def _put_version(achievement: Achievement) -> Put:
    key = keys.achievement_version(achievement.issuer_id, achievement.id, achievement.version)
    return Put(AchievementItem.of(achievement, key).raw())


def _id_in(raw: Raw) -> str:
    """The credential id in a row, a pointer or a record."""
    for member in ("credential_id", "target", "id"):
        if member in raw:
            return str(raw[member]["S"])
    raise Unavailable("A stored item cannot be read.", code="storage_unreadable")


def _name_holders(digests: Collection[str], issuer_id: str) -> list[Put]:
    pointers = (Pointer(*keys.name_holder(digest, issuer_id), target=issuer_id) for digest in digests)
    return [Put(pointer.raw(), UNCONDITIONAL) for pointer in pointers]


def list_all_status_lists(tables: Tables, issuer_id: str) -> Iterator[StatusList]:
    """All status lists of an issuer, by id."""
    names = {read(Pointer, raw) for raw in tables.query(tables.credentials, keys.list_pointers(issuer_id))}
    raw = tables.get(tables.credentials, keys.issuer(issuer_id))
    if raw is not None:
        # Issuers stored before pointers existed have pointers only for their later lists.
        issuer = read(IssuerItem, raw)
        names |= {issuer.revocation_list, issuer.suspension_list}
    for name in sorted(names):
        raw = tables.get(tables.credentials, keys.status_list(name))
        if raw is not None:
            yield read(StatusListItem, raw)
