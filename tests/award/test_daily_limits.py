"""Daily limits on what costs storage, signatures and emails without issuing anything."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.award import achievements, daily_limits
from chalicelib.award.bulk import bulk_issuer, dry_run
from chalicelib.award.bulk.bulk_issuer import Allow, BulkIssuer, RowsRefused, Upload
from chalicelib.award.bulk.dry_run import DryRunner
from chalicelib.award.bulk.job import Job
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.images import stored_images
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import status_changes
from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.errors import QuotaExceeded
from tests.award.fakes import PICTURE, IssuerFixture, new_achievement
from tests.award.pathways.fakes import Pathways, every
from tests.fake_jobs import DryRuns, Jobs
from tests.fakes import TaskQueue


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, unproven, proven in (
        ("UPLOADED_ROWS", 100, 200),
        ("DRY_RUNS", 2, 3),
        ("STATUS_CHANGES", 4, 6),
        ("ACHIEVEMENTS", 4, 6),
        ("PATHWAYS", 2, 4),
        ("CHECKED_KILOBYTES", 1_000, 2_000),
    ):
        limit = replace(getattr(daily_limits, name), unproven=unproven, proven=proven)
        monkeypatch.setattr(daily_limits, name, limit)


@pytest.fixture
def bulk(acme: IssuerFixture) -> BulkIssuer:
    return BulkIssuer(acme.issuer_context, Jobs(TaskQueue()))


def send(bulk: BulkIssuer, acme: IssuerFixture, key: str, rows: int = 1) -> Job:
    content = "name\n" + "".join(f"P {number}\n" for number in range(rows))
    sent = Upload(Terms(acme.achievement.id), content.encode(), Allow(), key)
    return bulk_issuer.create(bulk, "acme", sent, "me")


def test_stranger_cannot_start_uploads_without_end(acme: IssuerFixture, bulk: BulkIssuer) -> None:
    first = send(bulk, acme, "k-1")
    send(bulk, acme, "k-2")
    for key, rows in (("k-3", 1), ("k-4", 101)):
        with pytest.raises(QuotaExceeded) as refused:
            send(bulk, acme, key, rows)
        assert refused.value.code == "daily_limit_exceeded"
        assert "upload 100 rows a day" in refused.value.detail
        assert "Verify a domain" in refused.value.detail
    assert send(bulk, acme, "k-1").id == first.id, "a repeated upload is not counted"
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    send(bulk, acme, "k-4", 100)
    with pytest.raises(QuotaExceeded):
        send(bulk, acme, "k-5")
    acme.clock.advance(timedelta(days=1))
    send(bulk, acme, "k-5", 200)


def test_stranger_cannot_start_large_dry_runs_without_end(acme: IssuerFixture) -> None:
    runner = DryRunner(acme.issuer_context, DryRuns(), TaskQueue())
    sent = Upload(Terms(acme.achievement.id), b"name\nAda\n")
    for _ in range(2):
        dry_run.start(runner, "acme", sent, "me")
    with pytest.raises(QuotaExceeded) as refused:
        dry_run.start(runner, "acme", sent, "me")
    assert refused.value.code == "daily_limit_exceeded"
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    dry_run.start(runner, "acme", sent, "me")
    with pytest.raises(QuotaExceeded):
        dry_run.start(runner, "acme", sent, "me")


def test_one_credential_cannot_be_suspended_and_reinstated_without_end(
    acme: IssuerFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_limits, "CHANGES_PER_CREDENTIAL", 3)
    record = acme.issue()
    status_changes.suspend(acme.issuer_context, "acme", record.id)
    status_changes.suspend(acme.issuer_context, "acme", record.id)  # changes nothing, so it does not count
    status_changes.reinstate(acme.issuer_context, "acme", record.id)
    status_changes.suspend(acme.issuer_context, "acme", record.id)
    before = acme.issuer_store.status_list(acme.issuer.suspension_list)
    with pytest.raises(QuotaExceeded) as refused:
        status_changes.reinstate(acme.issuer_context, "acme", record.id)
    assert refused.value.code == "daily_limit_exceeded"
    assert acme.issuer_store.status_list(acme.issuer.suspension_list) == before
    assert status_changes.revoke(acme.issuer_context, "acme", record.id).changed, "revoking is never refused"


def test_stranger_cannot_change_the_status_of_many_credentials_without_end(acme: IssuerFixture) -> None:
    records = [acme.issue() for _ in range(7)]
    for record in records[:4]:
        status_changes.suspend(acme.issuer_context, "acme", record.id)
    with pytest.raises(QuotaExceeded):
        status_changes.suspend(acme.issuer_context, "acme", records[4].id)
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    for record in records[4:6]:
        status_changes.suspend(acme.issuer_context, "acme", record.id)
    with pytest.raises(QuotaExceeded):
        status_changes.suspend(acme.issuer_context, "acme", records[6].id)
    for record in records:
        status_changes.revoke(acme.issuer_context, "acme", record.id)


def test_issuers_that_one_domain_confirms_share_its_limits(acme: IssuerFixture) -> None:
    """A wildcard record proves the domain for any number of issuers, each of which had limits of its own."""
    for number in range(3):
        proof = DomainProof(f"n{number}.evil.example", ProofLocation.DNS, acme.clock(), "0" * 64)
        evil = replace(acme.issuer, id=f"evil-{number}", registered_as=None, domains=(proof,))
        daily_limits.take(acme.issuer_context, evil, daily_limits.DRY_RUNS)
    with pytest.raises(QuotaExceeded) as refused:
        daily_limits.take(acme.issuer_context, evil, daily_limits.DRY_RUNS)
    assert "Issuers that have verified evil.example can start 3 dry runs" in refused.value.detail
    daily_limits.take(acme.issuer_context, acme.issuer, daily_limits.DRY_RUNS)


def test_stranger_cannot_fill_storage_with_images_and_achievements(acme: IssuerFixture) -> None:
    """Each version has an image of up to 256 KB, and both are kept for ever."""
    achievements.archive(acme.issuer_context, "acme", acme.achievement.id)
    stored_images.keep(acme.issuer_context, "acme", PICTURE)  # the fixture's achievement is the first of four
    achievements.add(acme.issuer_context, new_achievement())
    for attempt in (
        lambda: achievements.add(acme.issuer_context, new_achievement(picture=None, name="Fifth")),
        lambda: stored_images.keep(acme.issuer_context, "acme", PICTURE),
        lambda: achievements.archive(acme.issuer_context, "acme", acme.achievement.id, archived=False),
    ):
        with pytest.raises(QuotaExceeded) as refused:
            attempt()
        assert refused.value.code == "daily_limit_exceeded"
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    achievements.add(acme.issuer_context, new_achievement())


def test_stranger_cannot_keep_the_worker_busy_with_pathways(acme: IssuerFixture) -> None:
    """After each change the worker, which all issuers share, checks every holder of the issuer."""
    pathways = Pathways(tasks=acme.issuer_store.tasks)
    draft = Draft("A way", "Up.", every(acme.achievement.id), None)
    made = pathway_actions.add(acme.issuer_context, pathways, "acme", draft)
    pathway_actions.change(acme.issuer_context, pathways, "acme", made.id, draft)
    before = len(acme.issuer_store.tasks.status)
    for _ in range(3):
        with pytest.raises(QuotaExceeded):
            pathway_actions.change(acme.issuer_context, pathways, "acme", made.id, draft)
    assert len(acme.issuer_store.tasks.status) == before


@pytest.mark.parametrize("issuing", [False, True])
@pytest.mark.slow
def test_stranger_cannot_keep_workers_busy_with_lists_that_are_never_issued(
    acme: IssuerFixture, bulk: BulkIssuer, *, issuing: bool
) -> None:
    """A list with one error was validated for up to twenty seconds, refused, and not counted: 4 MB that compress to
    nothing, from one API key, again and again."""
    content = gzip.compress(b"name,email\nAda,not an address\n" + b"\n" * 400_000)
    sent = Upload(Terms(acme.achievement.id), content)

    def attempt() -> None:
        if issuing:
            with pytest.raises(RowsRefused):
                bulk_issuer.create(bulk, "acme", sent, "me")
        else:
            bulk_issuer.validate(bulk, "acme", sent)

    attempt()
    attempt()
    with pytest.raises(QuotaExceeded) as refused:
        bulk_issuer.validate(bulk, "acme", sent)
    assert "check 1,000 kB of lists a day" in refused.value.detail
