"""In-memory ports. The suite in tests/contract runs on these and on the real engine, which keeps them equivalent."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.access.models import Member, Membership
from chalicelib.access.roles import Role
from chalicelib.analytics.counts import view_counts
from chalicelib.analytics.event import Event
from chalicelib.analytics.rate_store import Taken
from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.award.issuing.search import Place, Row, row_of
from chalicelib.award.keys.key_policy import KeyPolicy
from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.award.ports import Claim, NewKey
from chalicelib.catalogue.entry import CatalogueEntry, entry_of
from chalicelib.catalogue.ports import Click, Offer, Target
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList
from chalicelib.errors import Conflict, Erased, LaurelError, NotFound, Refused, Unavailable
from chalicelib.reports.hosted import ERASED
from chalicelib.reports.store import RelatedItems
from chalicelib.tasks.task_queue import DeadLetter, Task, lease
from tests.access import fakes as access

T = TypeVar("T", Issuer, Record)
F = TypeVar("F")


def _found(thing: F | None, message: str = "not found") -> F:
    if thing is None:
        raise NotFound(message)
    return thing


@dataclass
class Salts:
    """`analytics.ports.Salts`."""

    by_day: dict[date, bytes] = field(default_factory=dict)

    def create(self, day: date, fresh: bytes) -> bytes:
        return self.by_day.setdefault(day, fresh)

    def destroy_before(self, day: date) -> int:
        expired = [other for other in self.by_day if other < day]
        for other in expired:
            del self.by_day[other]
        return len(expired)


@dataclass
class RateStore:
    """`analytics.rate_store.RateStore`. Each operation is atomic, as in the real store."""

    free_at: dict[str, datetime] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def take(self, name: str, now: datetime, span: timedelta, limit: timedelta) -> Taken:
        with self.lock:
            before = max(self.free_at.get(name, now), now)
            if before + span > now + limit:
                return Taken(before + span - now - limit, before - now)
            self.free_at[name] = before + span
            return Taken(timedelta(), before + span - now)

    def give_back(self, name: str, span: timedelta) -> None:
        with self.lock:
            if name in self.free_at:
                self.free_at[name] -= span


class IssuerStore:
    """`award.ports.IssuerStore` and `reports.store.PublicStore`, over the same data."""

    def __init__(self, salts: Salts | None = None) -> None:
        self.salts = salts or Salts()
        self.tasks = TaskQueue()
        self.member_store = access.MemberStore()
        self._issuers: dict[str, Issuer] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._achievements: dict[tuple[str, str], Achievement] = {}
        self._versions: dict[tuple[str, str, int], Achievement] = {}
        self._recipients: dict[str, Recipient] = {}
        self._records: dict[str, Record] = {}
        self.erased: set[str] = set()
        self._lists: dict[str, StatusList] = {}
        self.shown_view_counts: dict[str, view_counts.ViewCounts] = {}
        self._images: dict[str, Image] = {}
        self._taken: dict[tuple[str, int], str] = {}
        self.pathway_links: dict[tuple[str, str], tuple[PathwayLink, ...]] = {}

    def copy(self) -> IssuerStore:
        """Return a store with the same items, tasks and salts, that changes independently. It has no members."""
        copied = IssuerStore(Salts(dict(self.salts.by_day)))
        copied.tasks.status = dict(self.tasks.status)
        tables = {name: dict(value) for name, value in vars(self).items() if isinstance(value, dict)}
        vars(copied).update(tables)
        return copied

    def issuer(self, issuer_id: str) -> Issuer:
        return _found(self._issuers.get(issuer_id), "This issuer does not exist.")

    def issuer_of_did(self, did: str) -> Issuer:
        return _found(next((issuer for issuer in self._issuers.values() if issuer.did == did), None))

    def issuers(self) -> Iterator[Issuer]:
        return iter([self._issuers[key] for key in sorted(self._issuers)])

    def name_holders(self, digest: str) -> set[str]:
        return set(self._names.get(digest, ()))

    def add_name_holder(self, digest: str, issuer_id: str) -> None:
        self._names[digest] = frozenset({*self._names.get(digest, ()), issuer_id})

    def add_issuer(
        self, issuer: Issuer, lists: Sequence[StatusList], owner: str | None = None, names: Collection[str] = ()
    ) -> None:
        if self._issuers.get(issuer.id) == issuer:
            return
        dids = [other.did for other in self._issuers.values()]
        if (
            issuer.id in self._issuers
            or issuer.did in dids
            or any(status_list.id in self._lists for status_list in lists)
        ):
            raise Conflict("taken")
        if owner is not None:
            owner_member = Member(issuer.id, owner, Role.OWNER, issuer.keys[0].created)
            self.member_store.replace_member(None, owner_member, Membership(issuer.id, 1, 1, 1, f"created by {owner}"))
        self._issuers[issuer.id] = issuer
        self._lists.update({status_list.id: status_list for status_list in lists})
        for digest in names:
            self.add_name_holder(digest, issuer.id)

    def replace_issuer(self, issuer: Issuer, lists: Sequence[StatusList] = (), names: Collection[str] = ()) -> None:
        self._replace(self._issuers, issuer, lists)
        for digest in names:
            self.add_name_holder(digest, issuer.id)

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:
        return _found(self._achievements.get((issuer_id, achievement_id)))

    def achievements(self, issuer_id: str) -> Iterator[Achievement]:
        keys = sorted(key for key in self._achievements if key[0] == issuer_id)
        return iter([self._achievements[key] for key in keys])

    def achievements_by_id(self, issuer_id: str, ids: Collection[str]) -> dict[str, Achievement]:
        return {each: self._achievements[issuer_id, each] for each in ids if (issuer_id, each) in self._achievements}

    def status_lists(self, issuer_id: str) -> Iterator[StatusList]:
        return iter([each for _, each in sorted(self._lists.items()) if each.issuer_id == issuer_id])

    def add_achievement(self, achievement: Achievement) -> None:
        if any(key[1] == achievement.id and key[0] != achievement.issuer_id for key in self._achievements):
            raise Conflict("taken")
        if self._achievements.setdefault((achievement.issuer_id, achievement.id), achievement) != achievement:
            raise Conflict("taken")
        self._keep(achievement)

    def replace_achievement(self, before: Achievement, after: Achievement) -> None:
        key = (after.issuer_id, after.id)
        if self._achievements.get(key) == after:
            return
        if key not in self._achievements or self._achievements[key].version != before.version:
            raise Conflict("changed concurrently")
        self._achievements[key] = after
        self._keep(before)
        self._keep(after)

    def achievement_version(self, issuer_id: str, achievement_id: str, version: int) -> Achievement:
        return _found(self._versions.get((issuer_id, achievement_id, version)))

    def achievement_versions(self, issuer_id: str, achievement_id: str) -> Iterator[Achievement]:
        keys = sorted(key for key in self._versions if key[:2] == (issuer_id, achievement_id))
        return iter([self._versions[key] for key in keys])

    def _keep(self, achievement: Achievement) -> None:
        self._versions[achievement.issuer_id, achievement.id, achievement.version] = achievement

    def record(self, credential_id: str) -> Record:
        if credential_id in self.erased:
            raise Erased(ERASED)
        return _found(self._records.get(credential_id))

    def existing_records(self, credential_ids: Sequence[str]) -> list[Record]:
        return [self._records[one] for one in credential_ids if one in self._records]

    def issuers_and_lists(self, records: Sequence[Record]) -> tuple[dict[str, Issuer], dict[str, StatusList]]:
        issuers = {one.issuer_id for one in records} & self._issuers.keys()
        lists = {entry.list_id for one in records for entry in one.entries} & self._lists.keys()
        return {one: self._issuers[one] for one in issuers}, {one: self._lists[one] for one in lists}

    def records_by_id(self, credential_ids: Collection[str]) -> dict[str, Record]:
        return {each: self._records[each] for each in credential_ids if each in self._records}

    def records(self, issuer_id: str) -> Iterator[Record]:
        own = [record for record in self._records.values() if record.issuer_id == issuer_id]
        return iter(sorted(own, key=lambda record: (record.issued_at, record.id)))

    def add_record(self, record: Record, recipient: Recipient | None = None, tasks: Sequence[Task] = ()) -> None:
        if self._records.get(record.id) == record:
            return
        self._check_indexes(record)
        self._store(Issued(record, recipient, tasks))

    def add_records(self, issued: Sequence[Issued]) -> list[LaurelError | None]:
        outcomes: list[LaurelError | None] = []
        for one in issued:
            try:
                self.add_record(*one)
            except LaurelError as error:
                outcomes.append(error)
            else:
                outcomes.append(None)
        return outcomes

    def _check_indexes(self, record: Record) -> None:
        indexes = [(entry.list_id, entry.index) for entry in record.entries]
        if len(set(indexes)) < len(indexes):
            raise Refused("the same index twice", code="index_twice")
        if record.id in self._records:
            raise Conflict("taken", code="id_taken")
        if any(index in self._taken for index in indexes):
            raise Conflict("taken", code="index_taken")

    def _store(self, issued: Issued) -> None:
        record, recipient, tasks = issued
        self._records[record.id] = record
        self._taken.update({(entry.list_id, entry.index): record.id for entry in record.entries})
        if recipient is not None:
            self._recipients[record.id] = recipient
        self.tasks.add(tasks)

    def taken(self, list_id: str, indexes: Sequence[int]) -> set[int]:
        return {index for index in indexes if (list_id, index) in self._taken}

    def recipient(self, credential_id: str) -> Recipient:
        return _found(self._recipients.get(credential_id))

    def recipients(self, credential_ids: Collection[str]) -> list[Recipient]:
        return [self._recipients[each] for each in sorted(set(credential_ids)) if each in self._recipients]

    def holder_issuers(self, email: str, after: str | None, limit: int) -> list[str]:
        # DynamoDB compares the keys, in which "#" follows the id.
        own = {f"{one.issuer_id}#" for one in self._recipients.values() if one.email == email}
        return [one.removesuffix("#") for one in sorted(own) if after is None or one > f"{after}#"][:limit]

    def holdings(self, issuer_id: str, email: str, before: Place | None, limit: int) -> list[Place]:
        places = [row.place for row in self.rows_of_email(issuer_id, email)]
        return [place for place in places if before is None or place < before][:limit]

    def rows(self, issuer_id: str, after: Place | None, limit: int, *, consistent: bool = True) -> list[Row]:
        rows = [row for row in self._rows(issuer_id) if after is None or row.place < after]
        return rows[:limit]

    def rows_of_email(self, issuer_id: str, email: str) -> list[Row]:
        return [row for row in self._rows(issuer_id) if row.email == email]

    def _rows(self, issuer_id: str) -> list[Row]:
        newest_first = reversed(list(self.records(issuer_id)))
        known = self._recipients
        return [row_of(record, known.get(record.id)) for record in newest_first]

    def status_list(self, list_id: str) -> StatusList:
        return _found(self._lists.get(list_id))

    def replace_status(self, record: Record, lists: Sequence[StatusList], tasks: Sequence[Task] = ()) -> None:
        self._replace(self._records, record, lists)
        self.tasks.add(tasks)

    def show_view_counts(self, record: Record) -> None:
        self._replace(self._records, record, ())
        self.shown_view_counts.pop(record.id, None)
        if record.shows_view_counts:
            self.shown_view_counts[record.id] = view_counts.ViewCounts(record.id)

    def supersede(self, before: Record, lists: Sequence[StatusList], issued: Issued) -> None:
        if self._records.get(issued.record.id) == issued.record:
            return
        self._check_indexes(issued.record)
        self._replace(self._records, before, lists)
        self._store(issued)

    def add_image(self, image: Image) -> None:
        self._images.setdefault(image.sha256, image)

    def image(self, sha256: str) -> Image:
        return _found(self._images.get(sha256))

    def related_items(self, record: Record, day: date) -> RelatedItems:
        return RelatedItems(
            issuer=self._issuers.get(record.issuer_id),
            status_lists={
                entry.list_id: self._lists[entry.list_id] for entry in record.entries if entry.list_id in self._lists
            },
            salt=self.salts.by_day.get(day),
            pathway_links=self.pathway_links.get((record.issuer_id, record.achievement_id), ()),
            catalogue_entry=self.catalogue_entry(record.issuer_id, record.achievement_id),
            view_counts=self.shown_view_counts.get(record.id) if record.shows_view_counts else None,
        )

    def catalogue_entry(self, issuer_id: str, achievement_id: str) -> CatalogueEntry | None:
        found = self._achievements.get((issuer_id, achievement_id))
        return None if found is None or found.archived else entry_of(found)

    def _replace(self, existing: dict[str, T], new: T, lists: Sequence[StatusList]) -> None:
        if existing.get(new.id) == new:
            return
        steps = [(existing.get(new.id), new), *((self._lists.get(one.id), one) for one in lists)]
        if any((before.version if before else 0) != after.version - 1 for before, after in steps):
            raise Conflict("changed concurrently")
        old = existing.get(new.id)
        if isinstance(old, Record) and isinstance(new, Record) and old.issuer_id != new.issuer_id:
            raise Conflict("belongs to another issuer")
        existing[new.id] = new
        self._lists.update({one.id: one for one in lists})


class PublicStore(IssuerStore):
    """`reports.store.PublicStore`. Tests fill it through the methods of `IssuerStore`."""


class CatalogueStore:
    """`catalogue.ports.CatalogueStore` over the data of an `IssuerStore`."""

    def __init__(self, issuer_store: IssuerStore) -> None:
        self._issuer_store = issuer_store
        self.clicks: dict[tuple[str, str], Click] = {}
        self.conversion_keys: dict[date, bytes] = {}
        self.conversions: dict[tuple[str, str], datetime] = {}

    def offer(self, achievement_id: str, day: date) -> Offer:
        found = self._issuer_store._achievements.items()
        achievement = _found(next((one for (_, each), one in found if each == achievement_id), None))
        links = self._issuer_store.pathway_links.get((achievement.issuer_id, achievement_id), ())
        salt = self._issuer_store.salts.by_day.get(day)
        return Offer(achievement, self._issuer_store.issuer(achievement.issuer_id), links, salt)

    def issuer(self, issuer_id: str) -> Issuer:
        return self._issuer_store.issuer(issuer_id)

    def issuer_ids(self, after: str, limit: int) -> list[str]:
        return sorted(one for one in self._issuer_store._issuers if one > after)[:limit]

    def issuers(self, issuer_ids: Sequence[str]) -> list[Issuer]:
        return [self._issuer_store.issuer(each) for each in issuer_ids]

    def entries(self, issuer_id: str, after: str, limit: int) -> list[CatalogueEntry]:
        found = (
            self._issuer_store.catalogue_entry(issuer_id, one.id) for one in self._issuer_store.achievements(issuer_id)
        )
        return [one for one in found if one is not None and one.id > after][:limit]

    def entries_by_id(self, issuer_id: str, achievement_ids: Sequence[str]) -> Mapping[str, CatalogueEntry]:
        found = {each: self._issuer_store.catalogue_entry(issuer_id, each) for each in achievement_ids}
        return {each: one for each, one in found.items() if one is not None}

    def target(self, issuer_id: str, achievement_id: str, day: date, today: date) -> Target:
        salts = self._issuer_store.salts.by_day
        issuer = self._issuer_store._issuers.get(issuer_id)
        return Target(
            self._issuer_store.catalogue_entry(issuer_id, achievement_id),
            issuer,
            salts.get(day),
            salts.get(today),
            self.conversion_keys.get(today.replace(day=1)),
        )

    def create_conversion_key(self, month: date, fresh: bytes, expires: datetime) -> bytes:
        assert expires.date() > month
        return self.conversion_keys.setdefault(month, fresh)

    def conversion_key(self, month: date) -> bytes | None:
        return self.conversion_keys.get(month)

    def has_credential(self, credential_id: str) -> bool:
        return credential_id in self._issuer_store._records

    def first_conversion(self, issuer_id: str, event_id: str, at: datetime, expires: datetime) -> datetime | None:
        assert expires > at
        first = self.conversions.get((issuer_id, event_id))
        self.conversions.setdefault((issuer_id, event_id), at)
        return first

    def first_click(self, nonce: str, visitor_class: str, click: Click, expires: datetime) -> Click:
        assert expires > click.at
        return self.clicks.setdefault((nonce, visitor_class), click)


@dataclass
class EventStore:
    """`analytics.ports.EventStore`. If ``fault`` is set, `write` raises it."""

    events: dict[str, Event] = field(default_factory=dict)
    fault: Exception | None = None

    def write(self, event: Event) -> None:
        if self.fault is not None:
            raise self.fault
        self.events.setdefault(event.id, event)


@dataclass
class Fallback:
    """`analytics.ports.Fallback`."""

    kept: list[tuple[Event, Exception]] = field(default_factory=list)

    def keep(self, event: Event, error: Exception) -> None:
        self.kept.append((event, error))


class TaskQueue:
    """`tasks.task_queue.TaskQueue`. ``status`` maps each open task to the end of its lease (None: not claimed)."""

    def __init__(self) -> None:
        self.status: dict[Task, datetime | None] = {}
        self._dead_letters: dict[Task, DeadLetter] = {}

    def add(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            if not any(_same(task, other) for other in self.status):
                self.status[task] = None

    def due(self, now: datetime, limit: int) -> Iterator[Task]:
        free = [task for task, until in self.status.items() if task.due <= now and (until is None or until <= now)]
        return iter(sorted(free, key=lambda task: task.due)[:limit])

    def claim(self, task: Task, now: datetime) -> bool:
        until = self.status.get(task)
        if task not in self.status or (until is not None and until > now):
            return False
        del self.status[task]
        self.status[replace(task, attempts=task.attempts + 1)] = now + lease(task.attempts + 1)
        return True

    def renew(self, task: Task, now: datetime) -> bool:
        if task not in self.status:
            return False
        self.status[task] = now + lease(task.attempts)
        return True

    def done(self, task: Task) -> None:
        self.status = {other: until for other, until in self.status.items() if not _same(task, other)}

    def postpone(self, task: Task, due: datetime) -> None:
        if task in self.status:
            del self.status[task]
            self.add([replace(task, due=due)])

    def move_to_dead_letters(self, task: Task, code: str, now: datetime) -> None:
        if task in self.status:
            del self.status[task]
            dead_letter = DeadLetter(replace(task, due=now), code)
            self._dead_letters[dead_letter.task] = dead_letter

    def dead_letters(self, limit: int) -> Iterator[DeadLetter]:
        return iter(sorted(self._dead_letters.values(), key=lambda dead_letter: dead_letter.task.due)[:limit])

    def retry(self, dead_letter: DeadLetter, now: datetime) -> None:
        _found(self._dead_letters.pop(dead_letter.task, None))
        self.add([replace(dead_letter.task, due=now, attempts=0)])

    def drop(self, dead_letter: DeadLetter) -> None:
        self._dead_letters.pop(dead_letter.task, None)


def _same(one: Task, other: Task) -> bool:
    return (one.subject, one.due, one.kind, one.issuer_id) == (other.subject, other.due, other.kind, other.issuer_id)


class Counters:
    """`analytics.limit_counters.LimitCounters`."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, name: str, amount: int, limit: int, expires: datetime) -> bool:
        with self._lock:
            if self.values.get(name, 0) + amount > limit:
                return False
            self.values[name] = self.values.get(name, 0) + amount
        return True

    def give_back(self, name: str, amount: int) -> None:
        with self._lock:
            if self.values.get(name, 0) >= amount:
                self.values[name] -= amount

    def value(self, name: str) -> int:
        return self.values.get(name, 0)


KEY_POLICY = KeyPolicy(shared_handle="shared-key", new_keys_per_day=50)


class Claims:
    """`award.ports.Claims`."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], Claim] = {}

    def claim(self, fresh: Claim, now: datetime) -> Claim:
        existing = self.by_key.get((fresh.issuer_id, fresh.key))
        if existing is None or existing.expires <= now:
            existing = self.by_key[fresh.issuer_id, fresh.key] = fresh
        return existing

    def take_over(self, before: Claim, after: Claim) -> Claim:
        key = (before.issuer_id, before.key)
        stored = self.by_key[key]
        if (stored.version, stored.credential_id) == (before.version, before.credential_id):
            self.by_key[key] = after
        return self.by_key[key]


@dataclass
class DomainReader:
    """TXT records by name and files by URL. DNS queries for names in ``silent`` time out."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def records(self, name: str) -> Sequence[str]:
        if name in self.silent:
            raise Unavailable("Its name servers did not answer in time.", code="timeout")
        return self.texts.get(name, [])

    def file(self, url: str) -> bytes:
        if url not in self.files:
            raise Unavailable("There is no such file.", code="http_status")
        return self.files[url]


class Signer:
    """`award.ports.Signer`, with real keys derived from ``seed``."""

    MAX_MESSAGE = 4096
    SHARED = "shared-key"
    """The handle of the deployment's shared key. It exists from the start and is not in `created`."""

    def __init__(self, seed: str = "laurel") -> None:
        self._seed = seed
        self._keys: dict[str, Ed25519PrivateKey] = {}
        self._p256: dict[str, ec.EllipticCurvePrivateKey] = {}

    def copy(self) -> Signer:
        copied = Signer(self._seed)
        copied._keys, copied._p256 = dict(self._keys), dict(self._p256)
        return copied

    def create(self, issuer_id: str) -> NewKey:
        handle = f"key-{len(self._keys) + 1}"
        private = sha256(f"{self._seed}/{handle}".encode()).digest()
        self._keys[handle] = Ed25519PrivateKey.from_private_bytes(private)
        return NewKey(handle, self.public(handle))

    def create_p256(self, issuer_id: str) -> NewKey:
        handle = f"p256-key-{len(self._p256) + 1}"
        secret = int.from_bytes(sha256(f"{self._seed}/{handle}".encode()).digest()) >> 1
        key = self._p256[handle] = ec.derive_private_key(secret, ec.SECP256R1())
        return NewKey(handle, key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint))

    def public(self, handle: str) -> bytes:
        return self._key(handle).public_key().public_bytes_raw()

    def public_p256(self, handle: str) -> bytes:
        if handle not in self._p256:
            raise Unavailable("no such key", code="signing_unavailable")
        return self._p256[handle].public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign_p256(self, handle: str, message: bytes) -> bytes:
        if handle not in self._p256:
            raise Unavailable("no such key", code="signing_unavailable")
        r, s = decode_dss_signature(self._p256[handle].sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign(self, handle: str, message: bytes) -> bytes:
        if len(message) > self.MAX_MESSAGE:
            raise Refused("too long", code="message_too_long")
        return self._key(handle).sign(message)

    @property
    def created(self) -> list[str]:
        """The handles of the Ed25519 keys that were created."""
        return list(self._keys)

    @property
    def created_p256(self) -> list[str]:
        """The handles of the P-256 keys that were created."""
        return list(self._p256)

    def _key(self, handle: str) -> Ed25519PrivateKey:
        if handle == self.SHARED:
            return Ed25519PrivateKey.from_private_bytes(sha256(f"{self._seed}/{self.SHARED}".encode()).digest())
        if handle not in self._keys:
            raise Unavailable("no such key", code="signing_unavailable")
        return self._keys[handle]
