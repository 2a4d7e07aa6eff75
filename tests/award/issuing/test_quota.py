"""Daily issuing quotas."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from chalicelib.award.bulk import bulk_issuer, job_results, job_runner
from chalicelib.award.bulk.bulk_issuer import BulkIssuer, Upload
from chalicelib.award.bulk.job import Job, JobState
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import batch, issue, quota, reissue
from chalicelib.award.issuing.reissue import Changes
from chalicelib.credential import dates, strict_json
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError, QuotaExceeded, Refused, Unavailable
from chalicelib.tasks.task_queue import Task
from tests.award.fakes import IssuerFixture, Locked
from tests.fake_jobs import Jobs
from tests.fakes import Signer


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "UNPROVEN_PER_DAY", 4)
    monkeypatch.setattr(quota, "PROVEN_PER_DAY", 9)


def used(acme: IssuerFixture) -> int:
    return acme.counters.value(f"issued-{acme.issuer_context.now().date()}-acme")


def test_stranger_issues_only_the_daily_quota(acme: IssuerFixture) -> None:
    for _ in range(4):
        acme.issue()
    with pytest.raises(QuotaExceeded) as refused:
        acme.issue()
    assert refused.value.code == "issuing_quota_exceeded"
    assert refused.value.resets == dates.next_day(acme.clock())
    assert refused.value.seconds == (refused.value.resets - acme.issuer_context.now()).total_seconds()
    assert len(list(acme.issuer_store.records("acme"))) == 4
    acme.clock.advance(timedelta(days=1))
    acme.issue()


def test_registration_raises_the_quota_at_once(acme: IssuerFixture) -> None:
    for _ in range(4):
        acme.issue()
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    for _ in range(5):
        acme.issue()
    with pytest.raises(QuotaExceeded):
        acme.issue()


def test_parallel_requests_do_not_exceed_the_quota(acme: IssuerFixture) -> None:
    context = replace(acme.issuer_context, issuer_store=Locked(acme.issuer_store), signer=Locked(acme.signer))

    def attempt(_number: int) -> bool:
        try:
            issue.issue(context, acme.award())
        except QuotaExceeded:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 4


def test_repeated_request_returns_its_credential_and_does_not_count(acme: IssuerFixture) -> None:
    first = acme.issue(credential_id="a" * 26)
    acme.clock.advance(timedelta(minutes=1))
    assert acme.issue(credential_id="a" * 26) == first
    assert used(acme) == 1
    for _ in range(3):
        acme.issue()
    assert acme.issue(credential_id="a" * 26) == first, "also when the quota is used up"
    assert batch.issue_many(acme.issuer_context, "acme", [acme.award(credential_id="a" * 26)]) != []
    assert used(acme) == 4


def test_refused_credentials_do_not_count(acme: IssuerFixture) -> None:
    for _ in range(9):
        with pytest.raises(Refused):
            acme.issue(zone="Nowhere/Land")
    outcomes = batch.issue_many(acme.issuer_context, "acme", [acme.award(zone="Nowhere/Land")] * 9)
    assert all(isinstance(outcome, LaurelError) for outcome in outcomes)
    assert used(acme) == 0


def test_ids_that_are_taken_do_not_make_signatures_free(acme: IssuerFixture) -> None:
    """The console's form of a correction contains the id of the new credential."""
    record, other = acme.issue(), acme.issue()
    for _ in range(2):
        with pytest.raises(Conflict):
            reissue.correct(acme.issuer_context, "acme", record.id, Changes(name="Eve"), new_id=other.id)
    assert used(acme) == 4
    with pytest.raises(QuotaExceeded):
        reissue.correct(acme.issuer_context, "acme", record.id, Changes(name="Eve"), new_id=other.id)


def test_corrections_and_renewals_count(acme: IssuerFixture) -> None:
    record = acme.issue()
    for number in range(3):
        record = reissue.correct(acme.issuer_context, "acme", record.id, Changes(name=f"Ada {number}"))
    with pytest.raises(QuotaExceeded):
        reissue.renew(acme.issuer_context, "acme", record.id)


def job_of(acme: IssuerFixture, rows: int) -> tuple[BulkIssuer, Job]:
    bulk = BulkIssuer(acme.issuer_context, Jobs(acme.issuer_store.tasks))
    content = ("name\n" + "".join(f"P{number}\n" for number in range(rows))).encode()
    return bulk, bulk_issuer.create(bulk, "acme", Upload(Terms(acme.achievement.id), content), "cli")


def test_job_beyond_the_quota_continues_on_the_next_days(acme: IssuerFixture) -> None:
    bulk, job = job_of(acme, 10)
    tasks = acme.issuer_store.tasks
    handle = job_runner.handler(bulk, tasks, acme.clock)
    task = Task(bulk_issuer.KIND, "acme", job.id, acme.clock())
    for issued in (4, 8):
        handle(task)
        counts = job_results.progress(bulk, bulk.jobs.job("acme", job.id)).counts
        assert (counts.issued, counts.refused) == (issued, 0)
        task = replace(task, due=dates.next_day(acme.clock()))
        assert task in tasks.status
        handle(task)  # a run before that issues nothing and is not counted as a failure
        acme.clock.advance(timedelta(days=1))
    handle(task)
    done = bulk.jobs.job("acme", job.id)
    assert (done.state, done.counts.issued, done.counts.refused) == (JobState.DONE, 10, 0)
    assert used(acme) == 2


def test_issuers_do_not_use_up_each_others_quota(acme: IssuerFixture) -> None:
    for _ in range(4):
        acme.issue()
    other = issuer_actions.create(acme.issuer_context, replace_id(acme, "other"))
    achievement = replace(acme.achievement, issuer_id=other.id, id=str(UUID(int=1)))
    acme.issuer_store.add_achievement(achievement)
    acme.issue(issuer_id="other", achievement_id=achievement.id)


def replace_id(acme: IssuerFixture, name: str) -> issuer_actions.NewIssuer:
    issuer = acme.issuer
    return issuer_actions.NewIssuer(name, issuer.name, issuer.url, issuer.description)


def test_an_outage_of_the_key_service_does_not_use_up_the_quota(acme: IssuerFixture) -> None:
    class Down(Signer):
        def sign(self, handle: str, message: bytes) -> bytes:
            raise Unavailable(f"{handle} cannot sign {len(message)} bytes", code="signing_unavailable")

    context = replace(acme.issuer_context, signer=Down())
    for _ in range(10):
        with pytest.raises(Unavailable):
            issue.issue(context, acme.award())
        with pytest.raises(Unavailable):
            raise_all(batch.issue_many(context, "acme", [acme.award(), acme.award()]))
    assert used(acme) == 0
    for _ in range(4):
        acme.issue()


def raise_all(outcomes: list[Record | LaurelError]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, LaurelError):
            raise outcome


def test_issuers_that_one_domain_confirms_share_its_quota(acme: IssuerFixture) -> None:
    """A wildcard record proves the domain for any number of issuers at as many names."""
    taken = 0
    for number in range(3):
        proof = DomainProof(f"n{number}.evil.example", ProofLocation.DNS, acme.clock(), "0" * 64)
        issuer = replace(acme.issuer, id=f"evil-{number}", registered_as=None, domains=(proof,))
        taken += quota.take_up_to(acme.issuer_context, issuer, 5).amount
    assert taken == quota.PROVEN_PER_DAY
    assert "that have verified evil.example" in quota.exceeded(acme.issuer_context, issuer).detail


class CountingSigner(Signer):
    """Counts signatures, each of which costs money."""

    signed = 0

    def sign(self, handle: str, message: bytes) -> bytes:
        signature = super().sign(handle, message)
        self.signed += 1
        return signature


def test_a_request_that_is_repeated_for_ever_costs_no_signatures(acme: IssuerFixture) -> None:
    """A stranger's issuer sent one request with one `Idempotency-Key` again and again: each was signed, then refused
    as stored before, and given back to the quota."""
    signer = CountingSigner()
    context = replace(acme.issuer_context, signer=signer)
    award = acme.award(credential_id="a" * 26)
    first = issue.issue(context, award)
    signed = signer.signed
    assert [issue.issue(context, award) for _ in range(5)] == [first] * 5
    assert signer.signed == signed


def test_a_credential_that_is_signed_and_then_refused_counts(
    acme: IssuerFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A credential that is too large is only noticed once it is signed, so this must not be free for ever."""
    signer = CountingSigner()
    context = replace(acme.issuer_context, signer=signer)
    monkeypatch.setattr(strict_json, "DEFAULT", replace(strict_json.DEFAULT, size=100))
    for _ in range(4):
        with pytest.raises(Refused) as refused:
            issue.issue(context, acme.award())
        assert refused.value.code == "too_large"
    for _ in range(5):
        with pytest.raises(QuotaExceeded):
            issue.issue(context, acme.award())
    assert signer.signed == 4


def test_whoever_controls_a_host_of_a_domain_cannot_use_up_the_quota_of_its_owner(acme: IssuerFixture) -> None:
    """Universities give hosts to students, and any host confirms an issuer."""
    proofs = [
        DomainProof(name, ProofLocation.DNS, acme.clock(), "0" * 64) for name in ("club.uni.example", "uni.example")
    ]
    club, university, both = (
        replace(acme.issuer, id=f"issuer-{number}", registered_as=None, domains=tuple(domains))
        for number, domains in enumerate((proofs[:1], proofs[1:], proofs))
    )
    assert quota.take_up_to(acme.issuer_context, club, 100).amount == quota.PROVEN_PER_DAY
    assert quota.take_up_to(acme.issuer_context, university, 5).amount == 5
    assert quota.take_up_to(acme.issuer_context, both, 100).amount == quota.PROVEN_PER_DAY - 5
