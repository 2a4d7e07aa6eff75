from __future__ import annotations

import gzip
import itertools
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.award import achievements
from chalicelib.award.bulk import bulk_issuer, job_runner, upload
from chalicelib.award.bulk.bulk_issuer import (
    START,
    Allow,
    BulkIssuer,
    RowsRefused,
    Upload,
)
from chalicelib.award.bulk.job import (
    Counts,
    Job,
    JobState,
    Results,
    RowState,
)
from chalicelib.award.bulk.row_validation import Terms, award_of
from chalicelib.award.bulk.upload import Row
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential import strict_json
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused, Unavailable
from chalicelib.verify.report import Verdict
from tests.award.fakes import Crash, Fuse, House, Locked, _Fused, new_achievement, new_issuer
from tests.fake_jobs import Jobs


@dataclass
class Office:
    """A desk over fakes, with the to-do list that its jobs are on."""

    house: House = field(default_factory=House)

    def __post_init__(self) -> None:
        self.tasks = self.house.issuer_store.tasks
        self.bulk = BulkIssuer(self.house.issuer_context, Jobs(self.tasks))

    def upload(self, content: str | bytes, **changes: Any) -> Upload:
        whole = content if isinstance(content, bytes) else content.encode()
        return replace(Upload(Terms(self.house.achievement.id), whole), **changes)

    def create(self, content: str | bytes, **changes: Any) -> Job:
        return bulk_issuer.create(self.bulk, "acme", self.upload(content, **changes), "ada@acme.example")

    def run(self, job: Job, until: Callable[[], bool] = lambda: False) -> Job:
        return job_runner.run(self.bulk, "acme", job.id, until)

    def states(self, job: Job) -> list[tuple[int, str]]:
        return [(result.row.number, result.outcome.state.value) for result, _ in bulk_issuer.results(self.bulk, job)]

    @property
    def issued(self) -> list[str]:
        return [record.holder_name for record in self.house.issuer_store.records("acme")]

    def places_are_unique(self) -> bool:
        entries = [entry for record in self.house.issuer_store.records("acme") for entry in record.entries]
        return len(set(entries)) == len(entries)


@pytest.fixture
def office() -> Office:
    return Office()


def people(count: int) -> str:
    return "name,email\n" + "".join(f"Person {number},person.{number}@example.org\n" for number in range(count))


def test_every_row_gets_a_valid_credential(office: Office) -> None:
    job = office.run(office.create("name,email\nAda,ada@example.org\n陈美,\n"))
    assert (job.state, job.counts) == (JobState.DONE, Counts(issued=2))
    for result, _ in bulk_issuer.results(office.bulk, job):
        record = office.house.issuer_store.record(result.credential_id or "")
        assert record.holder_name == result.row.name
        assert office.house.report(record).verdict is Verdict.VALID


def test_ids_have_the_right_form_and_are_unpredictable(office: Office) -> None:
    one, other = office.create(people(3)), office.create(people(3), key="again")
    names = [job.credential_id(Row(number, "Ada")) for job in (one, other) for number in (2, 3, 4)]
    assert len(set(names)) == 6
    assert all(len(name) == 26 and set(name) <= set("abcdefghijklmnopqrstuvwxyz234567") for name in names)


def test_recipient_is_stored_and_emailed_if_requested(office: Office) -> None:
    content = "name,email,zone\nAda,Ada@Example.org,Europe/Berlin\n"
    for notify in (True, False):
        job = office.run(office.create(content, terms=Terms(office.house.achievement.id, notify), key=str(notify)))
        ((result, _),) = bulk_issuer.results(office.bulk, job)
        recipient = office.house.issuer_store.recipient(result.credential_id or "")
        assert (recipient.email, recipient.zone, recipient.notify) == ("ada@example.org", "Europe/Berlin", notify)


def test_default_dates_apply_to_rows_without_dates(office: Office) -> None:
    until = office.house.clock.now.replace(microsecond=0) + timedelta(days=30)
    office.run(office.create("name,valid_until\nAda,\nBob,2030-01-01\n", valid_until=until))
    assert [record.valid_until for record in office.house.issuer_store.records("acme")].count(until) == 1


def test_repeated_upload_is_the_same_job(office: Office) -> None:
    first = office.create(people(3))
    assert office.create(people(3)) == first
    assert office.create(gzip.compress(people(3).encode())) == first
    done = office.run(first)
    assert office.create(people(3)) == done
    assert len(office.issued) == 3


def test_idempotency_key_separates_uploads_of_the_same_rows(office: Office) -> None:
    office.run(office.create(people(2)))
    office.run(office.create(people(2), key="once more"))
    assert len(office.issued) == 4


def test_reused_idempotency_key_is_refused(office: Office) -> None:
    office.create(people(2), key="k")
    for content, changes in ((people(3), {}), (people(2), {"terms": Terms(office.house.achievement.id, notify=False)})):
        with pytest.raises(Refused) as caught:
            office.create(content, key="k", **changes)
        assert caught.value.code == "idempotency_key_reused"
    with pytest.raises(Refused):
        office.create(people(2).replace("Person 1", "Person X"), key="k")


def test_same_rows_with_other_settings_are_refused(office: Office) -> None:
    office.create(people(2))
    with pytest.raises(Conflict):
        office.create(people(2), terms=Terms(office.house.achievement.id, notify=False))


def test_upload_with_faults_is_refused_unless_allowed(office: Office) -> None:
    content = "name,email\nAda,ada@example.org\nBob,nonsense\n,c@example.org\n"
    with pytest.raises(RowsRefused) as caught:
        office.create(content)
    assert caught.value.code == "rows_refused"
    assert [(row_error.row, row_error.column) for row_error in caught.value.row_errors] == [(3, "email"), (4, "name")]
    assert office.bulk.jobs.jobs("acme", None, 9).jobs == ()
    job = office.run(office.create(content, allow=Allow(row_errors=True)))
    assert office.states(job) == [(2, "issued"), (3, "refused"), (4, "refused")]
    assert (job.state, job.counts) == (JobState.DONE, Counts(1, 2, 0))
    refused = [result.outcome for result, _ in bulk_issuer.results(office.bulk, job, RowState.REFUSED)]
    assert [outcome.code for outcome in refused] == ["bad_email", "no_name"]


def test_upload_with_duplicate_addresses_is_refused_unless_allowed(office: Office) -> None:
    content = "name,email\nAda,ada@example.org\nAda,ADA@example.org\n"
    with pytest.raises(RowsRefused) as caught:
        office.create(content)
    assert caught.value.code == "duplicates"
    assert caught.value.row_errors[0].row == 3
    office.run(office.create(content, allow=Allow(duplicates=True)))
    assert office.issued == ["Ada", "Ada"]


FAULTY = {
    "email": ("nonsense", "bad_email"),
    "did": ("no did", "bad_did"),
    "evidence": ("ftp://a.example/", "bad_url"),
    "zone": ("Nowhere/None", "bad_zone"),
    "valid_until": ("2020-01-01", "bad_validity"),
}


@pytest.mark.parametrize("column", FAULTY)
def test_dry_run_finds_what_issuing_would_refuse(office: Office, column: str) -> None:
    cell, code = FAULTY[column]
    found = bulk_issuer.examine(office.bulk, "acme", office.upload(f"name,{column}\nAda,{cell}\nBob,\n"))
    assert (found.total, found.with_errors) == (2, 1)
    assert [(row_error.row, row_error.column, row_error.code) for row_error in found.row_errors] == [(2, column, code)]
    with pytest.raises(LaurelError) as caught:
        office.house.issue(**_award_with(office, column, cell))
    assert caught.value.code == code


def test_stored_row_with_unknown_timezone_is_issued_without_it(office: Office) -> None:
    job = office.create("name,email,zone\nAda,ada@example.org,Europe/Berlin\n")
    chunk = office.bulk.jobs.chunk(job, 0)
    wire = upload.to_wire(chunk.rows[0])
    old = upload.from_wire([*wire[:7], "Nowhere/None", *wire[8:]])
    office.bulk.jobs.put_chunk(job, replace(chunk, rows=(old,)))
    assert office.run(job).counts == Counts(issued=1)


def _award_with(office: Office, column: str, cell: str) -> dict[str, Any]:
    (row,) = upload.read(f"name,{column}\nAda,{cell}\n".encode())
    award = award_of("acme", Terms(office.house.achievement.id), row)
    return {name: getattr(award, name) for name in ("holder", "valid_until", "evidence", "zone")}


def test_dry_run_lists_all_faults_of_a_row(office: Office) -> None:
    header, cells = ",".join(FAULTY), ",".join(cell for cell, _ in FAULTY.values())
    found = bulk_issuer.examine(office.bulk, "acme", office.upload(f"name,{header}\n{'n' * 201},{cells}\n"))
    assert {row_error.column for row_error in found.row_errors} == {"name", *FAULTY}


@pytest.mark.parametrize("name", ['"Ada\nKing"', "\u202eadA", "\u200b"])
def test_misleading_name_is_a_fault(office: Office, name: str) -> None:
    found = bulk_issuer.examine(office.bulk, "acme", office.upload(f"name,email\nBob,\n{name},\n"))
    assert [(row_error.row, row_error.column, row_error.code) for row_error in found.row_errors] == [
        (3, "name", "bad_text")
    ]


def test_dry_run_stores_nothing(office: Office) -> None:
    bulk_issuer.examine(office.bulk, "acme", office.upload(people(3)))
    assert office.issued == []
    assert office.bulk.jobs.jobs("acme", None, 9).jobs == ()


def test_missing_required_evidence_is_a_fault(office: Office) -> None:
    strict = achievements.add(office.house.issuer_context, new_achievement(evidence_required=True))
    found = bulk_issuer.examine(
        office.bulk, "acme", office.upload("name,link\nAda,\nBob,https://b.example/\n", terms=Terms(strict.id))
    )
    assert [(row_error.row, row_error.column, row_error.code) for row_error in found.row_errors] == [
        (2, "evidence", "evidence_required")
    ]


URLS = st.text(st.sampled_from("ab:/?#[]@!$&'()*+,;=%20-._~é\u202e"), max_size=12).map(lambda text: f"https://a{text}")
DIDS = st.text(st.sampled_from("ab:%20._-é#?/"), max_size=8).map(lambda text: f"did:x:{text}")


@given(st.lists(URLS, max_size=2), st.none() | DIDS, st.text(max_size=5))
@example([], None, "\ufffe")
def test_rows_that_pass_the_dry_run_are_issued(links: list[str], did: str | None, name: str) -> None:
    office = Office()
    content = json.dumps([{"name": f"A{name}", "did": did, "evidence": links}])
    job = office.run(office.create(content, allow=Allow(row_errors=True)))
    found = bulk_issuer.examine(office.bulk, "acme", office.upload(content))
    assert job.counts == Counts(issued=found.total - found.with_errors, refused=found.with_errors)


def test_achievement_of_another_issuer_is_not_found(office: Office) -> None:
    issuer_actions.create(office.house.issuer_context, new_issuer(id="other"))
    with pytest.raises(NotFound):
        bulk_issuer.examine(office.bulk, "other", office.upload(people(1)))


def test_job_of_another_issuer_is_not_found(office: Office) -> None:
    job = office.create(people(1))
    for act in (bulk_issuer.resume, lambda *args: job_runner.run(*args, lambda: False)):
        with pytest.raises(NotFound):
            act(office.bulk, "other", job.id)


def test_chunks_fit_into_an_item(office: Office) -> None:
    job = office.create(people(bulk_issuer.CHUNK_ROWS * 2 + 1))
    assert job.chunks == 3
    fat = "name,evidence\n" + "".join(f"Ada {n},{'https://a.example/' + 'x' * 1900}\n" for n in range(150))
    job = office.create(fat)
    assert job.chunks == 2
    assert [result.row.number for result, _ in bulk_issuer.results(office.bulk, job)] == list(range(2, 152))


def test_run_stops_at_the_time_limit_and_continues_later(office: Office) -> None:
    job = office.create(people(bulk_issuer.CHUNK_ROWS + 60))
    looks = itertools.count()
    paused = office.run(job, lambda: next(looks) >= 2)
    assert paused.state is JobState.RUNNING
    assert 0 < paused.counts.issued < paused.total
    assert paused.counts.total == paused.total
    assert bulk_issuer.progress(office.bulk, job).counts == paused.counts
    done = office.run(job)
    assert (done.state, done.counts) == (JobState.DONE, Counts(issued=job.total))
    assert len(office.issued) == job.total


def test_task_queue_runs_the_job_in_parts(office: Office) -> None:
    job = office.create(people(3 * bulk_issuer.CHUNK_ROWS))
    clock = office.house.clock

    def ticks() -> datetime:
        clock.advance(timedelta(seconds=3))
        return clock()

    handle = job_runner.handler(office.bulk, office.tasks, ticks)
    calls = 0
    while mine := [task for task in office.tasks.due(clock(), 9999) if task.kind == "job"]:
        for task in mine:
            handle(task)
            office.tasks.done(task)
            calls += 1
    assert calls > 1
    assert office.bulk.jobs.job("acme", job.id).state is JobState.DONE
    assert len(office.issued) == job.total


def test_task_of_a_missing_job_succeeds(office: Office) -> None:
    job = office.create(people(1))
    other = Office(office.house)
    job_runner.handler(other.bulk, other.tasks, office.house.clock)(bulk_issuer._task(job, job.created_at))


def test_problem_of_every_row_stops_the_job_which_can_be_resumed(office: Office) -> None:
    job = office.create(people(3))
    before = office.house.achievement
    archived = replace(before, archived=True, version=2)
    office.house.issuer_store.replace_achievement(before, archived)
    stopped = office.run(job)
    assert (stopped.state, stopped.counts) == (JobState.STOPPED, Counts(waiting=3))
    assert "archived" in (stopped.reason or "")
    assert office.run(job) == stopped
    office.house.issuer_store.replace_achievement(archived, replace(archived, archived=False, version=3))
    running = bulk_issuer.resume(office.bulk, "acme", job.id)
    assert (running.state, running.reason) == (JobState.RUNNING, None)
    assert office.run(running).counts == Counts(issued=3)


def test_upload_for_an_archived_achievement_is_refused(office: Office) -> None:
    before = office.house.achievement
    office.house.issuer_store.replace_achievement(before, replace(before, archived=True, version=2))
    with pytest.raises(Refused) as caught:
        office.create(people(3))
    assert caught.value.code == "achievement_archived"


def test_finished_job_stays_finished(office: Office) -> None:
    done = office.run(office.create(people(1)))
    assert bulk_issuer.resume(office.bulk, "acme", done.id) == done
    assert office.run(done) == done


def test_draft_cannot_be_resumed(office: Office) -> None:
    office.bulk.jobs.add(replace(office.create(people(1)), id="d" * 26, state=JobState.DRAFT, version=1))
    with pytest.raises(Refused) as caught:
        bulk_issuer.resume(office.bulk, "acme", "d" * 26)
    assert caught.value.code == "job_incomplete"
    assert office.run(replace(office.create(people(1)), id="d" * 26)).state is JobState.DRAFT


class Deaf:
    """A ledger that does not answer when asked to store more than ``good`` times."""

    def __init__(self, issuer_store: Any, good: int) -> None:
        self._ledger, self._good = issuer_store, good

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def add_records(self, issued: Sequence[Any]) -> list[LaurelError | None]:
        self._good -= 1
        if self._good < 0:
            return [Unavailable("Storage did not respond.", code="storage_unavailable") for _ in issued]
        return self._ledger.add_records(issued)


def test_storage_outage_keeps_results_and_leaves_the_rest_waiting(office: Office) -> None:
    job = office.create(people(120))
    issuer_context = replace(office.house.issuer_context, issuer_store=Deaf(office.house.issuer_store, 2))
    with pytest.raises(Unavailable):
        job_runner.run(BulkIssuer(issuer_context, office.bulk.jobs), "acme", job.id, lambda: False)
    now = bulk_issuer.progress(office.bulk, job)
    assert 0 < now.counts.issued == len(office.issued) < 120
    assert now.counts.refused == 0
    assert office.run(job).counts == Counts(issued=120)
    assert len(office.issued) == 120


@pytest.mark.parametrize("after", [False, True])
def test_crash_at_any_call_loses_nothing_and_issues_nothing_twice(after: bool) -> None:
    """From the upload to the last row: the process dies, and the same is asked for again."""
    content = people(7)
    points = 0
    while True:
        office = Office()
        fuse = Fuse(points, after)
        fused: Any = _Fused(office.bulk.jobs, fuse)
        bulk = BulkIssuer(fuse.build_into(office.house.issuer_context), fused)
        try:
            job = bulk_issuer.create(bulk, "acme", office.upload(content), "ada@acme.example")
            job_runner.run(bulk, "acme", job.id, lambda: False)
        except Crash:
            pass
        job = office.create(content)
        assert [task.subject for task in office.tasks.due(office.house.clock(), 99) if task.kind == "job"] == [job.id]
        done = office.run(job)
        assert (done.state, done.counts) == (JobState.DONE, Counts(issued=7))
        assert sorted(office.issued) == [f"Person {number}" for number in range(7)]
        assert office.places_are_unique()
        if not fuse.burnt:
            break
        points += 1
    assert points > 15


def test_sixteen_concurrent_workers_issue_each_row_once() -> None:
    house = House()
    issuer_store: Any = Locked(house.issuer_store)
    kept: Any = Locked(Jobs(house.issuer_store.tasks))
    bulk = BulkIssuer(replace(house.issuer_context, issuer_store=issuer_store, entropy=os.urandom), kept)
    job = bulk_issuer.create(bulk, "acme", Upload(Terms(house.achievement.id), people(90).encode()), "ada")

    def work(_: int) -> Job | LaurelError:
        try:
            return job_runner.run(bulk, "acme", job.id, lambda: False)
        except Conflict as busy:
            return busy

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    done = job_runner.run(bulk, "acme", job.id, lambda: False)
    assert (done.state, done.counts) == (JobState.DONE, Counts(issued=90))
    records = list(house.issuer_store.records("acme"))
    assert len(records) == 90
    assert len({entry for record in records for entry in record.entries}) == 180


def test_results_of_another_worker_are_merged(office: Office) -> None:
    job = office.create(people(2))
    theirs = Results(0, (job_runner.ISSUED, job_runner.WAITING))
    office.bulk.jobs.put_results(job, theirs)
    job_runner._store_results(office.bulk, job, Results(0, (job_runner.WAITING, job_runner.ISSUED)))
    assert office.bulk.jobs.results_of(job, 0) == Results(0, (job_runner.ISSUED, job_runner.ISSUED), 2)


def test_results_can_be_read_from_any_position_and_by_state(office: Office) -> None:
    content = "name,email\n" + "".join(f"P{n},{'bad' if n % 3 else f'p{n}@x.org'}\n" for n in range(450))
    job = office.run(office.create(content, allow=Allow(row_errors=True)))
    whole = [result.row.number for result, _ in bulk_issuer.results(office.bulk, job)]
    assert whole == list(range(2, 452))
    for state in (None, *RowState):
        wanted = list(bulk_issuer.results(office.bulk, job, state))
        found, place = [], START
        while page := list(itertools.islice(bulk_issuer.results(office.bulk, job, state, place), 70)):
            found += page
            place = page[-1][1]
        assert found == wanted
    assert [result.row.number for result, _ in bulk_issuer.results(office.bulk, job, RowState.ISSUED)] == whole[::3]


def test_credential_stays_within_the_limits_of_verifiers(office: Office) -> None:
    links = "\n".join(f"https://a.example/{n}/{'x' * 50}" for n in range(25))
    office.run(office.create(f'name,evidence\n{"n" * 200},"{links}"\n'))
    (record,) = office.house.issuer_store.records("acme")
    assert len(record.document) < strict_json.DEFAULT.size
