"""In-memory twins of the ports that awarding uses, as strict as the ports say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.award.ports import NewKey
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList
from chalicelib.errors import Conflict, NotFound, Refused

Key = TypeVar("Key")
Value = TypeVar("Value")


class MemoryLedger:
    """The Ledger in dictionaries; one lock makes each write all or nothing."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.issuers_: dict[str, Issuer] = {}
        self.achievements_: dict[tuple[str, str], Achievement] = {}
        self.records_: dict[str, Record] = {}
        self.lists: dict[str, StatusList] = {}
        self.taken: set[tuple[str, int]] = set()
        self.images: dict[str, Image] = {}

    def issuer(self, issuer_id: str) -> Issuer:
        return _found(self.issuers_, issuer_id)

    def issuers(self) -> Iterator[Issuer]:
        return iter(list(self.issuers_.values()))

    def add_issuer(self, issuer: Issuer, lists: Sequence[StatusList]) -> None:
        with self.lock:
            if issuer.id in self.issuers_:
                raise Conflict("taken", code="id_taken")
            self._put_lists(lists)
            self.issuers_[issuer.id] = issuer

    def replace_issuer(self, issuer: Issuer, lists: Sequence[StatusList] = ()) -> None:
        with self.lock:
            _expect(issuer.version - 1, self.issuers_[issuer.id].version)
            self._put_lists(lists)
            self.issuers_[issuer.id] = issuer

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:
        return _found(self.achievements_, (issuer_id, achievement_id))

    def achievements(self, issuer_id: str) -> Iterator[Achievement]:
        return iter([each for (owner, _), each in list(self.achievements_.items()) if owner == issuer_id])

    def add_achievement(self, achievement: Achievement) -> None:
        with self.lock:
            name = (achievement.issuer_id, achievement.id)
            if name in self.achievements_:
                raise Conflict("taken", code="id_taken")
            self.achievements_[name] = achievement

    def record(self, credential_id: str) -> Record:
        return _found(self.records_, credential_id)

    def records(self, issuer_id: str) -> Iterator[Record]:
        return iter([each for each in list(self.records_.values()) if each.issuer_id == issuer_id])

    def add_record(self, record: Record) -> None:
        with self.lock:
            if record.id in self.records_:
                raise Conflict("taken", code="id_taken")
            places = {(entry.list_id, entry.index) for entry in record.entries}
            if places & self.taken:
                raise Conflict("taken", code="index_taken")
            self.taken |= places
            self.records_[record.id] = record

    def status_list(self, list_id: str) -> StatusList:
        return _found(self.lists, list_id)

    def replace_standing(self, record: Record, lists: Sequence[StatusList]) -> None:
        with self.lock:
            _expect(record.version - 1, self.records_[record.id].version)
            self._put_lists(lists)
            self.records_[record.id] = record

    def add_image(self, image: Image) -> None:
        self.images[image.sha256] = image

    def _put_lists(self, lists: Sequence[StatusList]) -> None:
        for each in lists:
            before = self.lists.get(each.id)
            _expect(each.version - 1, before.version if before else 0)
        self.lists |= {each.id: each for each in lists}


class KeySafe:
    """The Signer with keys in memory, and the bound of the real one."""

    def __init__(self) -> None:
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.signed = 0

    def create(self, description: str) -> NewKey:
        handle = f"key-{len(self.keys) + 1}"
        self.keys[handle] = Ed25519PrivateKey.generate()
        return NewKey(handle, self.public(handle))

    def public(self, handle: str) -> bytes:
        return self.keys[handle].public_key().public_bytes_raw()

    def sign(self, handle: str, message: bytes) -> bytes:
        if len(message) > 4096:
            raise Refused("longer than 4096 bytes", code="message_too_long")
        self.signed += 1
        return self.keys[handle].sign(message)


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 9, 30, 0, 700_000, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class Crash(BaseException):
    """The process ends here; nothing of ours may catch it."""


class CrashingPort:
    """Passes calls on to ``port`` and dies at call number ``at``: before it is made, or once it is done."""

    def __init__(self, port: object, countdown: Callable[[], bool], after: bool) -> None:
        self._port, self._countdown, self._after = port, countdown, after

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self._port, name)

        def call(*args: object, **kwargs: object) -> object:
            due = self._countdown()
            if due and not self._after:
                raise Crash(name)
            result = method(*args, **kwargs)
            if due:
                raise Crash(name)
            return result

        return call


def _found(shelf: dict[Key, Value], key: Key) -> Value:
    try:
        return shelf[key]
    except KeyError as error:
        raise NotFound(f"There is no {key!r}.") from error


def _expect(expected: int, stored: int) -> None:
    if expected != stored:
        raise Conflict("another writer was first", code="version")
