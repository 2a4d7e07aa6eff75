"""Listings follow what is stored, however their changes are delivered."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.delivery import mailbox
from chalicelib.directory.listed import all_shown_now
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Ports
from chalicelib.directory.profiles.profile import Details, Profile
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.query.query import read_query
from chalicelib.directory.search import Page, SearchRequest, search
from chalicelib.directory.writing import updates
from chalicelib.directory.writing.check import check
from chalicelib.directory.writing.rebuild import rebuild
from chalicelib.directory.writing.updates import KIND, StreamChange, UpdateContext
from chalicelib.errors import NotFound, Unavailable
from tests.directory import makers
from tests.directory.fakes import ProfileStore
from tests.fake_directory import DirectoryIndex
from tests.http.fake_laurel import KINDS, NOW, Laurel, id_of, seeded

ADA, BOB = "a" * 26, "b" * 26
EMAIL = "ada@holder.example"


def published(holder_id: str = ADA, **changes: object) -> Published:
    made = Published(
        holder_id, Details(f"Holder {holder_id[0]}"), (id_of("valid"),), indexed=False, since=NOW, expires_at=None
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class Directory:
    """The stores and what keeps the index."""

    laurel: Laurel = field(default_factory=seeded)
    index: DirectoryIndex = field(default_factory=DirectoryIndex)
    profiles: ProfileStore = field(default_factory=ProfileStore)

    @property
    def context(self) -> UpdateContext:
        return UpdateContext(
            self.index, self.profiles, self.profiles, self.laurel.hosted_reports, self.recipient, self.laurel.tasks,
            self.clock,
        )  # fmt: skip

    def clock(self) -> datetime:
        return self.laurel.now

    def recipient(self, credential_id: str) -> str:
        if credential_id not in map(id_of, KINDS):
            raise NotFound("no recipient")
        return EMAIL

    def show(self, made: Published) -> None:
        self.profiles.public[made.holder_id] = made
        self.profiles.profiles[mailbox.digest(EMAIL)] = Profile(mailbox.digest(EMAIL), ADA, made.details, NOW)

    def take_down(self, at: datetime | None) -> None:
        """Change a record, as a change of its status does."""
        records = self.laurel.issuer_store._records
        records[id_of("valid")] = replace(records[id_of("valid")], taken_down=at)

    def search(self, text: str = "", *conditions: tuple[str, str]) -> Page:
        ports = Ports(
            self.index,
            makers.secret,
            lambda listings: all_shown_now(self.profiles, self.laurel.hosted_reports, listings),
        )
        return search(SearchRequest(read_query(text, conditions), total=True), ports, self.laurel.now)

    def found(self, text: str = "", *conditions: tuple[str, str]) -> list[str]:
        return [hit.listing.id for hit in self.search(text, *conditions).hits]

    def indexed(self) -> list[Listing]:
        assert self.index.stored is not None
        entries = self.index.all_entries(self.index.stored.current)
        return [entry.listing for entry in entries if entry.listing]


def of_holder(sequence: int, holder_id: str = ADA) -> StreamChange:
    return StreamChange(str(sequence), NOW, holder_id=holder_id)


def of_credential(sequence: int, kind: str = "valid") -> StreamChange:
    return StreamChange(str(sequence), NOW, credential_id=id_of(kind))


@pytest.fixture
def directory() -> Directory:
    return Directory()


def test_the_first_change_starts_the_index(directory: Directory) -> None:
    directory.show(published())
    assert updates.apply_stream(directory.context, [of_holder(1)]).failed is None
    assert directory.found("python") == [ADA]


def test_a_withdrawn_profile_is_removed_from_the_index(directory: Directory) -> None:
    directory.show(published())
    updates.apply_stream(directory.context, [of_holder(1)])
    del directory.profiles.public[ADA]
    assert directory.found() == []  # at once, before the index knows
    updates.apply_stream(directory.context, [of_holder(2)])
    assert directory.indexed() == []


def test_a_change_of_a_credential_reaches_the_listing_of_its_holder(directory: Directory) -> None:
    directory.show(published())
    updates.apply_stream(directory.context, [of_holder(1)])
    directory.take_down(NOW)
    assert directory.found("python") == []  # at once
    assert directory.found() == [ADA]
    updates.apply_stream(directory.context, [of_credential(2)])
    assert [one.credentials for one in directory.indexed()] == [0]
    directory.take_down(None)
    updates.apply_stream(directory.context, [of_credential(3)])
    assert directory.found("python") == [ADA]


def test_a_credential_on_no_profile_changes_nothing(directory: Directory) -> None:
    directory.show(published(credentials=()))
    updates.apply_stream(directory.context, [of_holder(1)])
    before = directory.index.versions([ADA])
    unknown = StreamChange("3", NOW, credential_id="unknown")
    updates.apply_stream(directory.context, [of_credential(2), unknown])
    assert directory.index.versions([ADA]) == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_repeated_and_reordered_changes_give_the_same_listing(directory: Directory, order: Sequence[int]) -> None:
    directory.show(published())
    updates.apply_stream(directory.context, [of_holder(0)])
    directory.show(published(details=Details("Ada Renamed")))
    directory.take_down(NOW)
    changes = [of_holder(0), of_credential(1), of_holder(2)]
    for number in (*order, *order):
        updates.apply_stream(directory.context, [changes[number]])
    (listing,) = directory.indexed()
    assert (listing.name, listing.credentials) == ("Ada Renamed", 0)
    assert not check(directory.index, "first", updates.everyone(directory.context))


def test_a_slow_update_does_not_undo_a_newer_one(directory: Directory) -> None:
    """It has read the profile before the holder withdrew it, and writes after that was applied."""
    directory.show(published())
    read_many = directory.profiles.published_many

    def overtaken(ids):
        found = read_many(ids)
        directory.profiles.published_many = read_many  # type: ignore[method-assign]
        del directory.profiles.public[ADA]
        updates.update(directory.context, [ADA])
        return found

    directory.profiles.published_many = overtaken  # type: ignore[method-assign]
    updates.update(directory.context, [ADA])
    assert directory.indexed() == []


@pytest.mark.parametrize("conflicts", [1, 5])
def test_an_update_that_meets_another_of_the_same_holder_is_repeated(directory: Directory, conflicts: int) -> None:
    """Otherwise what both had begun would wait for the change to be delivered again."""
    directory.show(published())
    replace_entry, left = directory.index.replace_entry, itertools.count(-conflicts)

    def overtaken(generation, old, new):
        return next(left) >= 0 and replace_entry(generation, old, new)

    directory.index.replace_entry = overtaken  # type: ignore[method-assign]
    updates.update(directory.context, [ADA])
    assert [one.id for one in directory.indexed()] == [ADA]
    assert directory.index.versions([ADA]) == {ADA: 1}


def test_a_failing_listing_holds_up_only_what_comes_after_it(directory: Directory) -> None:
    directory.show(published(BOB))
    directory.show(published())
    read_many = directory.profiles.published_many

    def failing(ids):
        if ADA in ids:
            raise Unavailable("unreadable", code="storage_unreadable")
        return read_many(ids)

    directory.profiles.published_many = failing  # type: ignore[method-assign]
    result = updates.apply_stream(directory.context, [of_holder(1, BOB), of_holder(2), of_holder(3, BOB)])
    assert result.failed == of_holder(2)
    assert [one.id for one in directory.indexed()] == [BOB]
    with pytest.raises(Unavailable):
        updates.apply_stream(directory.context, [of_holder(2), of_holder(3, BOB)])


def test_an_expired_consent_is_not_shown_and_its_task_removes_it(directory: Directory) -> None:
    ends = NOW + timedelta(days=3)
    directory.show(published(expires_at=ends))
    updates.apply_stream(directory.context, [of_holder(1)])
    directory.laurel.now = ends
    assert directory.found() == []
    (task,) = (one for one in directory.laurel.tasks.due(ends, 10) if one.kind == KIND)
    updates.handle(directory.context, task)
    assert directory.indexed() == []


def test_an_expired_credential_is_not_found_and_its_task_removes_it(directory: Directory) -> None:
    ends = directory.laurel.issuer_store.record(id_of("valid")).valid_until
    assert ends is not None
    directory.show(published())
    updates.apply_stream(directory.context, [of_holder(1)])
    assert directory.found("python") == [ADA]
    directory.laurel.now = ends
    assert [one for one in directory.laurel.tasks.due(ends, 10) if one.kind == KIND] == []
    directory.laurel.now += timedelta(seconds=1)
    assert directory.found("python") == []
    (task,) = (one for one in directory.laurel.tasks.due(directory.laurel.now, 10) if one.kind == KIND)
    updates.handle(directory.context, task)
    assert [one.credentials for one in directory.indexed()] == [0]


def test_a_credential_that_does_not_count_yet_is_tried_again(directory: Directory) -> None:
    store = directory.laurel.issuer_store
    issuer = store.issuer("fernhill")
    store._issuers["fernhill"] = replace(issuer, registered_as=None)
    directory.show(published())
    updates.apply_stream(directory.context, [of_holder(1)])
    assert directory.found("python") == []
    store._issuers["fernhill"] = issuer
    directory.laurel.now += timedelta(days=1)
    for task in [one for one in directory.laurel.tasks.due(directory.laurel.now, 10) if one.kind == KIND]:
        updates.handle(directory.context, task)
    assert directory.found("python") == [ADA]


def test_what_is_withdrawn_is_not_shown_before_the_index_knows(directory: Directory) -> None:
    directory.show(published(details=Details("Ada", place="Lagos")))
    updates.apply_stream(directory.context, [of_holder(1)])
    directory.show(published(details=Details("Ada")))
    assert directory.found("", ("place", "Lagos")) == []
    assert [hit.listing.place for hit in directory.search("ada").hits] == [""]


def test_a_rebuild_reads_everyone_who_is_shown(directory: Directory) -> None:
    for one in (published(), published(BOB)):
        directory.show(one)
    list(rebuild(directory.index, lambda: updates.everyone(directory.context), "g2"))
    assert sorted(one.id for one in directory.indexed()) == [ADA, BOB]
    updates.update(directory.context, [ADA])
    assert not check(directory.index, "g2", updates.everyone(directory.context))
