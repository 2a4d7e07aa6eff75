"""The archive of events, in memory and on the real engine."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import uuid4

import pytest

from chalicelib.analytics import archive
from chalicelib.analytics.archive import ArchiveContext, EventArchive, LateDay
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.stores.erasure import tombstones
from chalicelib.dynamo.stores.erasure.erasures import DynamoErasureStore
from chalicelib.dynamo.tables import Tables
from chalicelib.erasure.erasure import Erasure, ErasureTarget, RequestedBy, Sweep
from chalicelib.erasure.tombstone import Tombstone
from chalicelib.errors import Unavailable
from chalicelib.s3.event_archive import PREFIX, S3EventArchive
from local.aws import REGION, EmbeddedAws
from local.deploy import client
from tests.analytics import fakes
from tests.archived import archive_days_before
from tests.contract import samples

DAY = date(2026, 11, 20)


@pytest.fixture
def s3_archive(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> S3EventArchive:
    bucket = f"archive-{uuid4().hex}"
    client(aws, "s3").create_bucket(Bucket=bucket)
    for name, value in aws.client_env.items():
        monkeypatch.setenv(name, value)
    return S3EventArchive(REGION, bucket)


@pytest.fixture(params=["fake", "s3"])
def event_archive(request: pytest.FixtureRequest) -> EventArchive:
    return fakes.EventArchive() if request.param == "fake" else request.getfixturevalue("s3_archive")  # type: ignore[no-any-return]


def test_day_is_stored_as_a_whole_and_overwritten(event_archive: EventArchive) -> None:
    assert event_archive.days() == []
    assert list(event_archive.lines(DAY)) == []
    for lines in (["a\n", "b\n"], ["ü\n"], []):
        event_archive.save(DAY, iter(lines))
        assert list(event_archive.lines(DAY)) == lines
    event_archive.save(DAY - timedelta(days=1), [])
    assert event_archive.days() == [DAY - timedelta(days=1), DAY]
    for _ in range(2):
        event_archive.delete(DAY)
    assert event_archive.days() == [DAY - timedelta(days=1)]


def test_day_is_rewritten_only_when_a_line_differs(event_archive: EventArchive) -> None:
    assert not event_archive.rewrite(DAY, str.upper)
    event_archive.save(DAY, ["a\n", "B\n"])
    assert event_archive.rewrite(DAY, str.upper)
    assert list(event_archive.lines(DAY)) == ["A\n", "B\n"]
    assert not event_archive.rewrite(DAY, str.upper)


def test_the_same_lines_are_the_same_bytes(s3_archive: S3EventArchive) -> None:
    versions = set()
    for _ in range(2):
        s3_archive.save(DAY, ["a\n", "b\n"])
        (found,) = s3_archive._client.list_objects_v2(Bucket=s3_archive._bucket)["Contents"]
        versions.add((found["Key"], found["ETag"]))
    assert [key for key, _ in versions] == [f"{PREFIX}day=2026-11-20/events.ndjson.gz"]


def test_day_that_was_saved_meanwhile_is_not_replaced_by_older_lines(s3_archive: S3EventArchive) -> None:
    s3_archive.save(DAY, ["a\n"])

    def change(line: str) -> str:
        s3_archive.save(DAY, ["a\n", "late\n"])
        return line.upper()

    assert s3_archive.rewrite(DAY, change)
    assert list(s3_archive.lines(DAY)) == ["a\n", "late\n"]


def test_bucket_that_does_not_exist_is_unavailable(s3_archive: S3EventArchive) -> None:
    absent = S3EventArchive(REGION, f"absent-{uuid4().hex}")
    for call in (absent.days, lambda: absent.save(DAY, []), lambda: list(s3_archive.lines(DAY)) or absent.days()):
        with pytest.raises(Unavailable):
            call()


def test_event_of_a_day_that_is_over_leaves_a_note_until_the_day_is_archived(tables: Tables) -> None:
    store = DynamoEventStore(tables, lambda: samples.NOW, samples.RETENTION)
    store.write(samples.event())  # of today
    assert store.late_days() == []
    for number in range(2):
        store.write(samples.event(f"{number:026}", at=samples.NOW - timedelta(days=1)))
    day = (samples.NOW - timedelta(days=1)).date()
    assert store.late_days() == [LateDay(day, f"{1:026}")]
    store.forget_late_day(LateDay(day, f"{0:026}"))  # written before the second one came
    assert len(store.late_days()) == 1
    store.forget_late_day(LateDay(day, f"{1:026}"))
    assert store.late_days() == []


def test_erasure_reaches_the_archive_which_then_equals_the_stored_events(
    tables: Tables, s3_archive: S3EventArchive
) -> None:
    at = samples.NOW - timedelta(days=1)
    store = DynamoEventStore(tables, lambda: samples.NOW, samples.RETENTION)
    events = [samples.event(f"{number:026}", at=at, credential_id=one * 26) for number, one in enumerate("ccd")]
    for event in events:
        store.write(event)
    context = ArchiveContext(
        store, store, s3_archive, lambda ids: tombstones.erased_credentials(tables, ids), lambda: samples.NOW,
        samples.RETENTION,
    )  # fmt: skip

    def archived() -> list[str]:
        return list(s3_archive.lines(at.date()))

    archive_days_before(s3_archive, at.date())
    s3_archive.save(at.date(), map(archive.line_of, events))
    erasures = DynamoErasureStore(tables, DynamoCountStore(tables, samples.RETENTION), s3_archive, Random(1).randbytes)
    assert (f"archive: {at.date()}", "c" * 26) in list(erasures.find(["c" * 26]))
    erasure = Erasure("north", "x", None, "c" * 26, RequestedBy.ISSUER, samples.NOW, samples.NOW)
    tombstones.add_tombstone(tables, Tombstone.CREDENTIAL, "c" * 26, samples.NOW)
    target = ErasureTarget(erasure, frozenset(["c" * 26]))
    changed = [list(erasures.sweep(Sweep(samples.NOW), [target]))[-1].changed for _ in range(2)]
    assert changed == [3, 0]  # two events, one archived day
    assert list(erasures.find(["c" * 26])) == []
    after = archived()
    assert [archive.event_of(line).credential_id for line in after] == [None, None, "d" * 26]
    s3_archive.delete(at.date())  # so that it is written from the stored events
    archive.run(context, samples.NOW + timedelta(minutes=5))
    assert archived() == after


def test_search_continues_in_the_archive_where_it_was_interrupted(tables: Tables, s3_archive: S3EventArchive) -> None:
    for days in range(3):
        s3_archive.save(DAY + timedelta(days=days), [archive.line_of(samples.event())])
    erasures = DynamoErasureStore(tables, DynamoCountStore(tables, samples.RETENTION), s3_archive, Random(1).randbytes)
    erasure = Erasure("north", "x", None, "c" * 26, RequestedBy.ISSUER, samples.NOW, samples.NOW)
    sweep, steps = Sweep(samples.NOW), 0
    while True:  # each process ends after one step
        sweep = next(iter(erasures.sweep(sweep, [ErasureTarget(erasure, frozenset(["c" * 26]))])))
        steps += 1
        if not sweep.position:
            break
    assert sweep.changed == 3
    assert steps < 20
    assert [archive.event_of(line).credential_id for day in s3_archive.days() for line in s3_archive.lines(day)] == [
        None
    ] * 3
