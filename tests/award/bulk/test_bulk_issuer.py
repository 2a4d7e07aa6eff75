from __future__ import annotations

import gzip
import itertools
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.award import achievements
from chalicelib.award.bulk import bulk_issuer, job_results, job_runner, upload
from chalicelib.award.bulk.bulk_issuer import Allow, BulkIssuer, RowsRefused, Upload
from chalicelib.award.bulk.job import (
    Counts,
    Job,
    JobState,
    Results,
    RowState,
)
from chalicelib.award.bulk.job_results import FIRST_ROW
from chalicelib.award.bulk.row_validation import Terms, award_of
from chalicelib.award.bulk.upload import Row
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential import strict_json
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused, Unavailable
from chalicelib.verify.report import Verdict
from tests.award.fakes import Crash, CrashingPort, Fuse, IssuerFixture, Locked, new_achievement, new_issuer
from tests.fake_jobs import Jobs


@dataclass
class BulkFixture:
    """A bulk issuer over fakes, with the task queue of its jobs."""

    acme: IssuerFixture = field(default_factory=partial(IssuerFixture, registered=True))

    def __post_init__(self) -> None:
        self.tasks = self.acme.issuer_store.tasks
        self.bulk = BulkIssuer(self.acme.issuer_context, Jobs(self.tasks))

    def upload(self, content: str | bytes, **changes: Any) -> Upload:
        whole = content if isinstance(content, bytes) else content.encode()
        return replace(Upload(Terms(self.acme.achievement.id), whole), **changes)

    def create(self, content: str | bytes, **changes: Any) -> Job:
        return bulk_issuer.create(self.bulk, "acme", self.upload(content, **changes), "ada@acme.example")

    def run(self, job: Job, until: Callable[[], bool] = lambda: False) -> Job:
        return job_runner.run(self.bulk, "acme", job.id, until)

    def states(self, job: Job) -> list[tuple[int, str]]:
        return [(result.row.number, result.outcome.state.value) for result, _ in job_results.results(self.bulk, job)]

    @property
    def issued(self) -> list[str]:
        return [record.holder_name for record in self.acme.issuer_store.records("acme")]

    def indexes_are_unique(self) -> bool:
        entries = [entry for record in self.acme.issuer_store.records("acme") for entry in record.entries]
        return len(set(entries)) == len(entries)


@pytest.fixture
def bulk_fixture() -> BulkFixture:
    return BulkFixture()


def people(count: int) -> str:
    return "name,email\n" + "".join(f"Person {number},person.{number}@example.org\n" for number in range(count))


def test_every_row_gets_a_valid_credential(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.run(bulk_fixture.create("name,email\nAda,ada@example.org\n陈美,\n"))
    assert (job.state, job.counts) == (JobState.DONE, Counts(issued=2))
    for result, _ in job_results.results(bulk_fixture.bulk, job):
        record = bulk_fixture.acme.issuer_store.record(result.credential_id or "")
        assert record.holder_name == result.row.name
        assert bulk_fixture.acme.report(record).verdict is Verdict.VALID


def test_ids_have_the_right_form_and_are_unpredictable(bulk_fixture: BulkFixture) -> None:
    one, other = bulk_fixture.create(people(3)), bulk_fixture.create(people(3), key="again")
    names = [job.credential_id(Row(number, "Ada")) for job in (one, other) for number in (2, 3, 4)]
    assert len(set(names)) == 6
    assert all(len(name) == 26 and set(name) <= set("abcdefghijklmnopqrstuvwxyz234567") for name in names)


def test_recipient_is_stored_and_emailed_if_requested(bulk_fixture: BulkFixture) -> None:
    content = "name,email,zone,lang\nAda,Ada@Example.org,Europe/Berlin,ar\n"
    for notify in (True, False):
        job = bulk_fixture.run(
            bulk_fixture.create(content, terms=Terms(bulk_fixture.acme.achievement.id, notify), key=str(notify))
        )
        ((result, _),) = job_results.results(bulk_fixture.bulk, job)
        recipient = bulk_fixture.acme.issuer_store.recipient(result.credential_id or "")
        assert (recipient.email, recipient.zone, recipient.notify) == ("ada@example.org", "Europe/Berlin", notify)
        assert recipient.lang == "ar"


def test_default_dates_apply_to_rows_without_dates(bulk_fixture: BulkFixture) -> None:
    until = bulk_fixture.acme.clock.now.replace(microsecond=0) + timedelta(days=30)
    bulk_fixture.run(bulk_fixture.create("name,valid_until\nAda,\nBob,2030-01-01\n", valid_until=until))
    assert [record.valid_until for record in bulk_fixture.acme.issuer_store.records("acme")].count(until) == 1


def test_repeated_upload_is_the_same_job(bulk_fixture: BulkFixture) -> None:
    first = bulk_fixture.create(people(3))
    assert bulk_fixture.create(people(3)) == first
    assert bulk_fixture.create(gzip.compress(people(3).encode())) == first
    done = bulk_fixture.run(first)
    assert bulk_fixture.create(people(3)) == done
    assert len(bulk_fixture.issued) == 3


def test_idempotency_key_separates_uploads_of_the_same_rows(bulk_fixture: BulkFixture) -> None:
    bulk_fixture.run(bulk_fixture.create(people(2)))
    bulk_fixture.run(bulk_fixture.create(people(2), key="once more"))
    assert len(bulk_fixture.issued) == 4


def test_reused_idempotency_key_is_refused(bulk_fixture: BulkFixture) -> None:
    bulk_fixture.create(people(2), key="k")
    for content, changes in (
        (people(3), {}),
        (people(2), {"terms": Terms(bulk_fixture.acme.achievement.id, notify=False)}),
    ):
        with pytest.raises(Refused) as caught:
            bulk_fixture.create(content, key="k", **changes)
        assert caught.value.code == "idempotency_key_reused"
    with pytest.raises(Refused):
        bulk_fixture.create(people(2).replace("Person 1", "Person X"), key="k")


def test_same_rows_with_other_settings_are_refused(bulk_fixture: BulkFixture) -> None:
    bulk_fixture.create(people(2))
    with pytest.raises(Conflict):
        bulk_fixture.create(people(2), terms=Terms(bulk_fixture.acme.achievement.id, notify=False))


def test_upload_with_row_errors_is_refused_unless_allowed(bulk_fixture: BulkFixture) -> None:
    content = "name,email\nAda,ada@example.org\nBob,nonsense\n,c@example.org\n"
    with pytest.raises(RowsRefused) as caught:
        bulk_fixture.create(content)
    assert caught.value.code == "rows_refused"
    assert [(row_error.row, row_error.column) for row_error in caught.value.row_errors] == [(3, "email"), (4, "name")]
    assert bulk_fixture.bulk.jobs.jobs("acme", None, 9).jobs == ()
    job = bulk_fixture.run(bulk_fixture.create(content, allow=Allow(row_errors=True)))
    assert bulk_fixture.states(job) == [(2, "issued"), (3, "refused"), (4, "refused")]
    assert (job.state, job.counts) == (JobState.DONE, Counts(1, 2, 0))
    refused = [result.outcome for result, _ in job_results.results(bulk_fixture.bulk, job, RowState.REFUSED)]
    assert [outcome.code for outcome in refused] == ["bad_email", "no_name"]


def test_upload_with_duplicate_addresses_is_refused_unless_allowed(bulk_fixture: BulkFixture) -> None:
    content = "name,email\nAda,ada@example.org\nAda,ADA@example.org\n"
    with pytest.raises(RowsRefused) as caught:
        bulk_fixture.create(content)
    assert caught.value.code == "duplicates"
    assert caught.value.row_errors[0].row == 3
    bulk_fixture.run(bulk_fixture.create(content, allow=Allow(duplicates=True)))
    assert bulk_fixture.issued == ["Ada", "Ada"]


INVALID_CELLS = {
    "email": ("nonsense", "bad_email"),
    "did": ("no did", "bad_did"),
    "evidence": ("ftp://a.example/", "bad_url"),
    "zone": ("Nowhere/None", "bad_zone"),
    "lang": ("Klingon", "bad_lang"),
    "valid_until": ("2020-01-01", "bad_validity"),
}


@pytest.mark.parametrize("column", INVALID_CELLS)
def test_dry_run_finds_what_issuing_would_refuse(bulk_fixture: BulkFixture, column: str) -> None:
    cell, code = INVALID_CELLS[column]
    found = bulk_issuer.validate(bulk_fixture.bulk, "acme", bulk_fixture.upload(f"name,{column}\nAda,{cell}\nBob,\n"))
    assert (found.total, found.with_errors) == (2, 1)
    assert [(row_error.row, row_error.column, row_error.code) for row_error in found.row_errors] == [(2, column, code)]
    with pytest.raises(LaurelError) as caught:
        bulk_fixture.acme.issue(**_award_with(bulk_fixture, column, cell))
    assert caught.value.code == code


def test_stored_row_with_unknown_timezone_is_issued_without_it(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create("name,email,zone\nAda,ada@example.org,Europe/Berlin\n")
    chunk = bulk_fixture.bulk.jobs.chunk(job, 0)
    wire = upload.to_wire(chunk.rows[0])
    old = upload.from_wire([*wire[:7], "Nowhere/None", *wire[8:]])
    bulk_fixture.bulk.jobs.put_chunk(job, replace(chunk, rows=(old,)))
    assert bulk_fixture.run(job).counts == Counts(issued=1)


def _award_with(bulk_fixture: BulkFixture, column: str, cell: str) -> dict[str, Any]:
    (row,) = upload.read(f"name,{column}\nAda,{cell}\n".encode())
    award = award_of("acme", Terms(bulk_fixture.acme.achievement.id), row)
    return {name: getattr(award, name) for name in ("holder", "valid_until", "evidence", "zone", "lang")}


def test_dry_run_lists_all_errors_of_a_row(bulk_fixture: BulkFixture) -> None:
    header, cells = ",".join(INVALID_CELLS), ",".join(cell for cell, _ in INVALID_CELLS.values())
    found = bulk_issuer.validate(
        bulk_fixture.bulk, "acme", bulk_fixture.upload(f"name,{header}\n{'n' * 201},{cells}\n")
    )
    assert {row_error.column for row_error in found.row_errors} == {"name", *INVALID_CELLS}


@pytest.mark.parametrize("name", ['"Ada\nKing"', "\u202eadA", "\u200b"])
def test_misleading_name_is_a_row_error(bulk_fixture: BulkFixture, name: str) -> None:
    found = bulk_issuer.validate(bulk_fixture.bulk, "acme", bulk_fixture.upload(f"name,email\nBob,\n{name},\n"))
    assert [(row_error.row, row_error.column, row_error.code) for row_error in found.row_errors] == [
        (3, "name", "bad_text")
    ]


def test_dry_run_stores_nothing(bulk_fixture: BulkFixture) -> None:
    bulk_issuer.validate(bulk_fixture.bulk, "acme", bulk_fixture.upload(people(3)))
    assert bulk_fixture.issued == []
    assert bulk_fixture.bulk.jobs.jobs("acme", None, 9).jobs == ()


def test_missing_required_evidence_is_a_row_error(bulk_fixture: BulkFixture) -> None:
    strict = achievements.add(bulk_fixture.acme.issuer_context, new_achievement(evidence_required=True))
    found = bulk_issuer.validate(
        bulk_fixture.bulk,
        "acme",
        bulk_fixture.upload("name,link\nAda,\nBob,https://b.example/\n", terms=Terms(strict.id)),
    )
    assert [(row_error.row, row_error.column, row_error.code) for row_error in found.row_errors] == [
        (2, "evidence", "evidence_required")
    ]


URLS = st.text(st.sampled_from("ab:/?#[]@!$&'()*+,;=%20-._~é\u202e"), max_size=12).map(lambda text: f"https://a{text}")
DIDS = st.text(st.sampled_from("ab:%20._-é#?/"), max_size=8).map(lambda text: f"did:x:{text}")


@given(st.lists(URLS, max_size=2), st.none() | DIDS, st.text(max_size=5))
@example([], None, "\ufffe")
def test_rows_that_pass_the_dry_run_are_issued(links: list[str], did: str | None, name: str) -> None:
    bulk_fixture = BulkFixture()
    content = json.dumps([{"name": f"A{name}", "did": did, "evidence": links}])
    job = bulk_fixture.run(bulk_fixture.create(content, allow=Allow(row_errors=True)))
    found = bulk_issuer.validate(bulk_fixture.bulk, "acme", bulk_fixture.upload(content))
    assert job.counts == Counts(issued=found.total - found.with_errors, refused=found.with_errors)


def test_achievement_of_another_issuer_is_not_found(bulk_fixture: BulkFixture) -> None:
    issuer_actions.create(bulk_fixture.acme.issuer_context, new_issuer(id="other", name="Other"))
    with pytest.raises(NotFound):
        bulk_issuer.validate(bulk_fixture.bulk, "other", bulk_fixture.upload(people(1)))


def test_job_of_another_issuer_is_not_found(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create(people(1))
    for act in (bulk_issuer.resume, lambda *args: job_runner.run(*args, lambda: False)):
        with pytest.raises(NotFound):
            act(bulk_fixture.bulk, "other", job.id)


def test_chunks_fit_into_an_item(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create(people(bulk_issuer.CHUNK_ROWS * 2 + 1))
    assert job.chunks == 3
    fat = "name,evidence\n" + "".join(f"Ada {n},{'https://a.example/' + 'x' * 1900}\n" for n in range(150))
    job = bulk_fixture.create(fat)
    assert job.chunks == 2
    assert [result.row.number for result, _ in job_results.results(bulk_fixture.bulk, job)] == list(range(2, 152))


@pytest.mark.slow
def test_run_stops_at_the_time_limit_and_continues_later(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create(people(bulk_issuer.CHUNK_ROWS + 60))
    looks = itertools.count()
    paused = bulk_fixture.run(job, lambda: next(looks) >= 2)
    assert paused.state is JobState.RUNNING
    assert 0 < paused.counts.issued < paused.total
    assert paused.counts.total == paused.total
    assert job_results.progress(bulk_fixture.bulk, job).counts == paused.counts
    done = bulk_fixture.run(job)
    assert (done.state, done.counts) == (JobState.DONE, Counts(issued=job.total))
    assert len(bulk_fixture.issued) == job.total


@pytest.mark.slow
def test_task_queue_runs_the_job_in_parts(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create(people(3 * bulk_issuer.CHUNK_ROWS))
    clock = bulk_fixture.acme.clock

    def ticks() -> datetime:
        clock.advance(timedelta(seconds=3))
        return clock()

    handle = job_runner.handler(bulk_fixture.bulk, bulk_fixture.tasks, ticks)
    calls = 0
    while mine := [task for task in bulk_fixture.tasks.due(clock(), 9999) if task.kind == "job"]:
        for task in mine:
            handle(task)
            bulk_fixture.tasks.done(task)
            calls += 1
    assert calls > 1
    assert bulk_fixture.bulk.jobs.job("acme", job.id).state is JobState.DONE
    assert len(bulk_fixture.issued) == job.total


def test_task_of_a_missing_job_succeeds(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create(people(1))
    other = BulkFixture(bulk_fixture.acme)
    job_runner.handler(other.bulk, other.tasks, bulk_fixture.acme.clock)(bulk_issuer._task(job, job.created_at))


def test_error_of_every_row_stops_the_job_until_it_is_resumed(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create(people(3))
    before = bulk_fixture.acme.achievement
    archived = replace(before, archived=True, version=2)
    bulk_fixture.acme.issuer_store.replace_achievement(before, archived)
    stopped = bulk_fixture.run(job)
    assert (stopped.state, stopped.counts) == (JobState.STOPPED, Counts(waiting=3))
    assert "archived" in (stopped.reason or "")
    assert bulk_fixture.run(job) == stopped
    bulk_fixture.acme.issuer_store.replace_achievement(archived, replace(archived, archived=False, version=3))
    running = bulk_issuer.resume(bulk_fixture.bulk, "acme", job.id)
    assert (running.state, running.reason) == (JobState.RUNNING, None)
    assert bulk_fixture.run(running).counts == Counts(issued=3)


def test_upload_for_an_archived_achievement_is_refused(bulk_fixture: BulkFixture) -> None:
    before = bulk_fixture.acme.achievement
    bulk_fixture.acme.issuer_store.replace_achievement(before, replace(before, archived=True, version=2))
    with pytest.raises(Refused) as caught:
        bulk_fixture.create(people(3))
    assert caught.value.code == "achievement_archived"


def test_finished_job_stays_finished(bulk_fixture: BulkFixture) -> None:
    done = bulk_fixture.run(bulk_fixture.create(people(1)))
    assert bulk_issuer.resume(bulk_fixture.bulk, "acme", done.id) == done
    assert bulk_fixture.run(done) == done


def test_draft_cannot_be_resumed(bulk_fixture: BulkFixture) -> None:
    bulk_fixture.bulk.jobs.add(replace(bulk_fixture.create(people(1)), id="d" * 26, state=JobState.DRAFT, version=1))
    with pytest.raises(Refused) as caught:
        bulk_issuer.resume(bulk_fixture.bulk, "acme", "d" * 26)
    assert caught.value.code == "job_incomplete"
    assert bulk_fixture.run(replace(bulk_fixture.create(people(1)), id="d" * 26)).state is JobState.DRAFT


class FailingStore:
    """An issuer store whose `add_records` fails after ``succeeds`` calls."""

    def __init__(self, issuer_store: Any, successes: int) -> None:
        self._issuer_store, self._remaining = issuer_store, successes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._issuer_store, name)

    def add_records(self, issued: Sequence[Any]) -> list[LaurelError | None]:
        self._remaining -= 1
        if self._remaining < 0:
            return [Unavailable("Storage did not respond.", code="storage_unavailable") for _ in issued]
        return self._issuer_store.add_records(issued)


def test_storage_outage_keeps_results_and_leaves_the_rest_waiting(bulk_fixture: BulkFixture) -> None:
    issuer_actions.register(bulk_fixture.acme.issuer_context, "acme", bulk_fixture.acme.issuer.name)
    job = bulk_fixture.create(people(120))
    issuer_context = replace(
        bulk_fixture.acme.issuer_context, issuer_store=FailingStore(bulk_fixture.acme.issuer_store, 2)
    )
    with pytest.raises(Unavailable):
        job_runner.run(BulkIssuer(issuer_context, bulk_fixture.bulk.jobs), "acme", job.id, lambda: False)
    now = job_results.progress(bulk_fixture.bulk, job)
    assert 0 < now.counts.issued == len(bulk_fixture.issued) < 120
    assert now.counts.refused == 0
    assert bulk_fixture.run(job).counts == Counts(issued=120)
    assert len(bulk_fixture.issued) == 120


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.slow
def test_crash_at_any_call_loses_nothing_and_issues_nothing_twice(after: bool) -> None:
    """Crash at each call from the upload to the last row, then repeat the upload."""
    content = people(7)
    points = 0
    while True:
        bulk_fixture = BulkFixture()
        fuse = Fuse(points, after)
        crashing_jobs: Any = CrashingPort(bulk_fixture.bulk.jobs, fuse)
        bulk = BulkIssuer(fuse.build_into(bulk_fixture.acme.issuer_context), crashing_jobs)
        try:
            job = bulk_issuer.create(bulk, "acme", bulk_fixture.upload(content), "ada@acme.example")
            job_runner.run(bulk, "acme", job.id, lambda: False)
        except Crash:
            pass
        job = bulk_fixture.create(content)
        assert [
            task.subject for task in bulk_fixture.tasks.due(bulk_fixture.acme.clock(), 99) if task.kind == "job"
        ] == [job.id]
        done = bulk_fixture.run(job)
        assert (done.state, done.counts) == (JobState.DONE, Counts(issued=7))
        assert sorted(bulk_fixture.issued) == [f"Person {number}" for number in range(7)]
        assert bulk_fixture.indexes_are_unique()
        if not fuse.triggered:
            break
        points += 1
    assert points > 15


@pytest.mark.slow
def test_sixteen_concurrent_workers_issue_each_row_once() -> None:
    acme = IssuerFixture(registered=True)
    issuer_store: Any = Locked(acme.issuer_store)
    locked_jobs: Any = Locked(Jobs(acme.issuer_store.tasks))
    bulk = BulkIssuer(replace(acme.issuer_context, issuer_store=issuer_store, entropy=os.urandom), locked_jobs)
    job = bulk_issuer.create(bulk, "acme", Upload(Terms(acme.achievement.id), people(90).encode()), "ada")

    def work(_: int) -> Job | LaurelError:
        try:
            return job_runner.run(bulk, "acme", job.id, lambda: False)
        except Conflict as busy:
            return busy

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    done = job_runner.run(bulk, "acme", job.id, lambda: False)
    assert (done.state, done.counts) == (JobState.DONE, Counts(issued=90))
    records = list(acme.issuer_store.records("acme"))
    assert len(records) == 90
    assert len({entry for record in records for entry in record.entries}) == 180


def test_results_of_another_worker_are_merged(bulk_fixture: BulkFixture) -> None:
    job = bulk_fixture.create(people(2))
    theirs = Results(0, (job_runner.ISSUED, job_runner.WAITING))
    bulk_fixture.bulk.jobs.put_results(job, theirs)
    job_runner._store_results(bulk_fixture.bulk, job, Results(0, (job_runner.WAITING, job_runner.ISSUED)))
    assert bulk_fixture.bulk.jobs.results_of(job, 0) == Results(0, (job_runner.ISSUED, job_runner.ISSUED), 2)


def test_results_can_be_read_from_any_position_and_by_state(bulk_fixture: BulkFixture) -> None:
    issuer_actions.register(bulk_fixture.acme.issuer_context, "acme", bulk_fixture.acme.issuer.name)
    content = "name,email\n" + "".join(f"P{n},{'bad' if n % 3 else f'p{n}@x.org'}\n" for n in range(450))
    job = bulk_fixture.run(bulk_fixture.create(content, allow=Allow(row_errors=True)))
    whole = [result.row.number for result, _ in job_results.results(bulk_fixture.bulk, job)]
    assert whole == list(range(2, 452))
    for state in (None, *RowState):
        wanted = list(job_results.results(bulk_fixture.bulk, job, state))
        found, position = [], FIRST_ROW
        while page := list(itertools.islice(job_results.results(bulk_fixture.bulk, job, state, position), 70)):
            found += page
            position = page[-1][1]
        assert found == wanted
    assert [result.row.number for result, _ in job_results.results(bulk_fixture.bulk, job, RowState.ISSUED)] == whole[
        ::3
    ]


@pytest.mark.slow
def test_a_page_of_results_reads_no_more_than_it_shows(bulk_fixture: BulkFixture) -> None:
    """Otherwise each page of a large job reads the results of the whole job again."""
    issuer_actions.register(bulk_fixture.acme.issuer_context, "acme", bulk_fixture.acme.issuer.name)
    content = "name,email\n" + "".join(f"P{n},p{n}@x.org\n" for n in range(450))
    job = bulk_fixture.run(bulk_fixture.create(content))
    read: list[int] = []
    jobs = bulk_fixture.bulk.jobs

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(jobs, name)

        def results(self, job: Job, since: int = 0) -> Iterator[Results]:
            for each in jobs.results(job, since):
                read.append(each.chunk)
                yield each

    counting: Any = Counting()
    next(job_results.results(replace(bulk_fixture.bulk, jobs=counting), job))
    assert job.chunks == 3
    assert read == [0, 1]


def test_credential_stays_within_the_limits_of_verifiers(bulk_fixture: BulkFixture) -> None:
    links = "\n".join(f"https://a.example/{n}/{'x' * 50}" for n in range(25))
    bulk_fixture.run(bulk_fixture.create(f'name,evidence\n{"n" * 200},"{links}"\n'))
    (record,) = bulk_fixture.acme.issuer_store.records("acme")
    assert len(record.document) < strict_json.DEFAULT.size
