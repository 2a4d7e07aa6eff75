"""Creating issuers costs nothing: an issuer gets a key when it first issues and someone vouches for it."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from chalicelib.award.bulk import bulk_issuer
from chalicelib.award.bulk.bulk_issuer import BulkIssuer, Upload
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import Method
from chalicelib.award.issuing import batch, issue, status_changes
from chalicelib.award.keys import new_key, rotation
from chalicelib.award.ports import NewKey
from chalicelib.credential.did import did_document
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation
from chalicelib.errors import LaurelError, Refused, Unavailable
from chalicelib.reports.hosted_resolver import build_hosted_resolver
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Verdict
from tests.award.fakes import BASE_URL, Crash, Fuse, IssuerFixture, Locked, new_issuer
from tests.fake_jobs import Jobs
from tests.fakes import KEY_POLICY, Signer

STRANGERS = 2_000


class UnsignedSigner(Signer):
    """Signatures cost no time, so that thousands of issuers can be created."""

    def sign(self, handle: str, message: bytes) -> bytes:
        return bytes(64)


def vouch(acme: IssuerFixture) -> None:
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)


def stored(acme: IssuerFixture) -> Issuer:
    return acme.issuer_store.issuer("acme")


@pytest.mark.slow
def test_thousands_of_issuers_from_one_network_create_no_key() -> None:
    acme = IssuerFixture(signer=UnsignedSigner())
    for number in range(STRANGERS):
        issuer_actions.create(acme.issuer_context, new_issuer(id=f"stranger-{number}"))
    assert acme.signer.created == []


def test_unproven_issuers_that_issue_create_no_key(acme: IssuerFixture) -> None:
    records = [acme.issue() for _ in range(3)]
    assert acme.signer.created == []
    assert [acme.report(record).findings[4].code for record in records] == ["signer_is_issuer"] * 3
    assert stored(acme).signing_key.shared


def test_refused_issuer_creates_no_key(acme: IssuerFixture) -> None:
    for changes in ({"id": "acme"}, {"id": "A"}, {"url": "nonsense"}):
        with pytest.raises(LaurelError):
            issuer_actions.create(acme.issuer_context, new_issuer(**changes), registered=True)
    assert acme.signer.created == []


def test_stranger_cannot_create_a_did_key_issuer_which_needs_a_key_at_once(acme: IssuerFixture) -> None:
    with pytest.raises(Refused):
        issuer_actions.create(acme.issuer_context, new_issuer(id="other"), Method.KEY)
    assert acme.signer.created == []


def test_shared_key_signs_for_no_other_issuer(acme: IssuerFixture) -> None:
    """Both issuers list the same public key, but a signed document names its issuer."""
    victim = issuer_actions.create(acme.issuer_context, new_issuer(id="victim", name="Victim"))
    document = acme.issue().document
    stolen = document.replace(stored(acme).did.encode(), victim.did.encode())
    assert stolen != document
    resolver = build_hosted_resolver(BASE_URL, victim, {}, acme.clock())
    report = verify(stolen, resolver=resolver, now=acme.clock())
    assert (report.verdict, report.findings[3].code) == (Verdict.INVALID, "signature_wrong")


def test_did_document_lists_the_shared_key_under_the_issuers_own_did(acme: IssuerFixture) -> None:
    shared = stored(acme).signing_key
    document: Any = did_document(acme.issuer.did, acme.issuer.keys)
    (method,) = document["verificationMethod"]
    assert (method["controller"], method["id"]) == (acme.issuer.did, f"{acme.issuer.did}#{shared.multibase}")
    assert json.loads(acme.issue().document)["proof"]["verificationMethod"] == method["id"]


def test_own_key_is_created_at_the_first_issue_after_registration(acme: IssuerFixture) -> None:
    before = acme.issue()
    vouch(acme)
    assert acme.signer.created == [], "approval alone costs nothing"
    acme.clock.advance(timedelta(days=1))
    after = [acme.issue(), acme.issue()]
    assert len(acme.signer.created) == 1
    shared, own = stored(acme).keys
    assert (shared.shared, own.shared) == (True, False)
    assert shared.retired == acme.issuer_context.now() + rotation.IN_FLIGHT
    acme.clock.advance(timedelta(days=1))
    assert [acme.report(record).verdict for record in (before, *after)] == [Verdict.VALID] * 3


def test_own_key_is_created_at_the_first_issue_after_a_domain_proof(acme: IssuerFixture) -> None:
    proof = DomainProof("acme.example", ProofLocation.DNS, acme.issuer_context.now(), "0" * 64)
    acme.issuer_store.replace_issuer(replace(acme.issuer, domains=(proof,), version=2))
    acme.issue()
    assert len(acme.signer.created) == 1


def test_concurrent_first_issues_create_one_key() -> None:
    acme = IssuerFixture()
    vouch(acme)
    context = replace(acme.issuer_context, issuer_store=Locked(acme.issuer_store), signer=Locked(acme.signer))
    start = threading.Barrier(8)

    def first(_number: int) -> None:
        start.wait()
        issue.issue(context, acme.award())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(first, range(8)))
    assert len(acme.signer.created) == 1
    assert [key.shared for key in stored(acme).keys] == [True, False]
    for record in list(acme.issuer_store.records("acme")):
        assert acme.report(record).verdict is Verdict.VALID


def test_crash_during_the_first_issue_leaves_at_most_one_orphan_and_blocks_nothing() -> None:
    for at in range(100):
        for after in (False, True):
            acme = IssuerFixture(registered=True)
            fuse = Fuse(at, after)
            try:
                issue.issue(fuse.build_into(acme.issuer_context), acme.award())
            except Crash:
                pass
            else:
                return
            assert acme.report(acme.issue()).verdict is Verdict.VALID
            assert len(acme.signer.created) <= 1, "no second key on the same day"
            acme.clock.advance(new_key.OWN_KEY_WINDOW)
            assert acme.report(acme.issue()).verdict is Verdict.VALID
            assert not stored(acme).signing_key.shared
            assert len(acme.signer.created) <= 2
    pytest.fail("no run completed without a crash")


def test_daily_cap_leaves_issuers_on_the_shared_key_and_nothing_fails(acme: IssuerFixture) -> None:
    context = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, new_keys_per_day=2))
    names = [f"issuer-{number}" for number in range(5)]
    for name in names:
        issuer_actions.create(context, new_issuer(id=name, name=name), registered=True)

    def issue_each() -> list[bool]:
        return [issue_for(context, acme, name).signing_key.shared for name in names]

    assert issue_each() == [False, False, True, True, True]
    assert new_key.created_today(context) == 2
    assert issue_each() == [False, False, True, True, True]
    acme.clock.advance(timedelta(days=1))
    assert issue_each() == [False, False, False, False, True]


def issue_for(context: IssuerContext, acme: IssuerFixture, issuer_id: str) -> Issuer:
    if not any(acme.issuer_store.achievements(issuer_id)):
        copied = replace(acme.achievement, issuer_id=issuer_id, id=str(uuid5(NAMESPACE_URL, issuer_id)))
        acme.issuer_store.add_achievement(copied)
    achievement = next(acme.issuer_store.achievements(issuer_id))
    record = issue.issue(context, acme.award(issuer_id=issuer_id, achievement_id=achievement.id))
    assert acme.report(record).verdict is Verdict.VALID
    return acme.issuer_store.issuer(issuer_id)


def test_issuer_that_retries_at_the_cap_does_not_use_up_the_next_ones(acme: IssuerFixture) -> None:
    vouch(acme)
    context = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, new_keys_per_day=0))
    for _ in range(20):
        issue.issue(context, acme.award())
    assert acme.counters.value(f"new-keys-{context.now().date()}") == 0
    assert acme.signer.created == []


def test_worker_creates_no_key_but_accepting_a_job_does(acme: IssuerFixture) -> None:
    vouch(acme)
    worker = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, may_create=False))
    batch.issue_many(worker, "acme", [acme.award()])
    assert acme.signer.created == []
    upload = Upload(Terms(acme.achievement.id), b"name\nAda\n")
    bulk_issuer.create(BulkIssuer(acme.issuer_context, Jobs(acme.issuer_store.tasks)), "acme", upload, "cli")
    assert len(acme.signer.created) == 1


def test_key_service_that_creates_no_keys_does_not_stop_issuing(acme: IssuerFixture) -> None:
    class Full(Signer):
        def create(self, issuer_id: str) -> NewKey:
            raise Unavailable(f"no key for {issuer_id}", code="signing_unavailable")

    vouch(acme)
    record = issue.issue(replace(acme.issuer_context, signer=Full()), acme.award())
    assert acme.report(record).verdict is Verdict.VALID


def test_replaced_shared_key_is_taken_up_at_the_next_issue(acme: IssuerFixture) -> None:
    other = acme.signer.create("deployment").handle
    record = acme.issue()
    context = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, shared_handle=other))
    issue.issue(context, acme.award())
    assert [(key.handle, key.shared) for key in stored(acme).keys] == [("shared-key", True), (other, True)]
    assert acme.report(record).findings[4].code == "signer_is_issuer"


def test_credential_is_revoked_after_the_shared_key_was_replaced(acme: IssuerFixture) -> None:
    """The role may sign with the current shared key only."""

    class Current(Signer):
        def sign(self, handle: str, message: bytes) -> bytes:
            if handle == "shared-key":
                raise Unavailable("AccessDenied", code="signing_unavailable")
            return acme.signer.sign(handle, message)

        def public(self, handle: str) -> bytes:
            return acme.signer.public(handle)

    record = acme.issue()
    other = acme.signer.create("deployment").handle
    policy = replace(KEY_POLICY, shared_handle=other)
    context = replace(acme.issuer_context, signer=Current(), key_policy=policy)
    status_changes.revoke(context, "acme", record.id, "Issued in error.")
    assert acme.report(record).verdict is Verdict.REVOKED


class Slow(Signer):
    """A key service that refuses to sign with new keys until it sees their tags."""

    is_slow = True

    def sign(self, handle: str, message: bytes) -> bytes:
        if self.is_slow and handle in self.created:
            raise Unavailable("AccessDenied", code="signing_unavailable")
        return super().sign(handle, message)


def test_key_that_cannot_sign_at_once_is_taken_up_later_instead_of_a_second_one() -> None:
    """AWS KMS may take five minutes to see the tags of a new key, and roles sign only with tagged keys."""
    signer = Slow()
    acme = IssuerFixture(signer=signer)
    vouch(acme)
    records = [acme.issue(), acme.issue()]
    assert stored(acme).signing_key.shared
    assert len(signer.created) == 1
    signer.is_slow = False
    acme.clock.advance(timedelta(minutes=6))
    worker = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, may_create=False))
    records.append(issue.issue(worker, acme.award()))
    assert [key.handle for key in stored(acme).keys[1:]] == signer.created
    assert stored(acme).next_key is None
    acme.clock.advance(timedelta(days=2))
    assert [acme.report(record).verdict for record in records] == [Verdict.VALID] * 3
    assert len(signer.created) == 1


def test_issuers_that_one_domain_confirms_cannot_use_up_the_daily_cap(acme: IssuerFixture) -> None:
    """A wildcard record proves the domain for any number of issuers at as many names."""
    now = acme.issuer_context.now()
    for number in range(3 * new_key.KEYS_PER_DOMAIN):
        issuer = issuer_actions.create(acme.issuer_context, new_issuer(id=f"evil-{number}", name=f"Evil {number}"))
        proof = DomainProof(f"n{number}.evil.example", ProofLocation.DNS, now, "0" * 64)
        acme.issuer_store.replace_issuer(replace(issuer, domains=(proof,), version=2))
        issue_for(acme.issuer_context, acme, issuer.id)
    assert len(acme.signer.created) == new_key.KEYS_PER_DOMAIN
    vouch(acme)
    acme.issue()
    assert not stored(acme).signing_key.shared
