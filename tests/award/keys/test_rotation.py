"""Rotating an issuer's key."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.award.issuers.issuer_actions import Method
from chalicelib.award.issuing import issue, status_changes
from chalicelib.award.keys import rotation
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verify.report import Verdict
from tests.award.fakes import Crash, Fuse, IssuerFixture


def test_old_signatures_stay_valid_after_a_rotation_and_the_new_key_signs(acme: IssuerFixture) -> None:
    before = acme.issue()
    acme.clock.advance(timedelta(days=30))
    rotated = rotation.rotate_key(acme.issuer_context, "acme")
    after = acme.issue()
    assert len(rotated.keys) == 2
    assert rotated.keys[0].retired == acme.issuer_context.now() + rotation.IN_FLIGHT
    method = json.loads(after.document)["proof"]["verificationMethod"]
    assert method == rotated.method_id(rotated.keys[1]) != json.loads(before.document)["proof"]["verificationMethod"]
    acme.clock.advance(timedelta(days=365))
    assert acme.report(before).verdict is Verdict.VALID
    assert acme.report(after).verdict is Verdict.VALID


def test_rotation_re_signs_the_status_lists_without_changing_them(acme: IssuerFixture) -> None:
    revoked = acme.issue()
    status_changes.revoke(acme.issuer_context, "acme", revoked.id)
    before = acme.issuer_store.status_list(acme.issuer.revocation_list)
    acme.clock.advance(timedelta(days=1))
    rotated = rotation.rotate_key(acme.issuer_context, "acme")
    after = acme.issuer_store.status_list(acme.issuer.revocation_list)
    assert after.bits == before.bits
    assert json.loads(after.document)["proof"]["verificationMethod"] == rotated.method_id(rotated.signing_key)
    assert acme.report(revoked).verdict is Verdict.REVOKED


class StaleIssuerStore:
    """An issuer store that returns the issuer as it was when this was created."""

    def __init__(self, acme: IssuerFixture) -> None:
        self._issuer_store, self._issuer = acme.issuer_store, acme.issuer_store.issuer("acme")

    def issuer(self, issuer_id: str) -> Issuer:
        return self._issuer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._issuer_store, name)


def test_signature_in_flight_during_a_rotation_is_valid(acme: IssuerFixture) -> None:
    late = replace(acme.issuer_context, issuer_store=StaleIssuerStore(acme))
    acme.clock.advance(timedelta(seconds=20))
    rotation.rotate_key(acme.issuer_context, "acme")
    acme.clock.advance(rotation.IN_FLIGHT - timedelta(seconds=1))
    assert acme.report(issue.issue(late, acme.award())).verdict is Verdict.VALID


def test_later_signature_of_a_retired_key_is_invalid(acme: IssuerFixture) -> None:
    late = replace(acme.issuer_context, issuer_store=StaleIssuerStore(acme))
    rotation.rotate_key(acme.issuer_context, "acme")
    acme.clock.advance(rotation.IN_FLIGHT)
    report = acme.report(issue.issue(late, acme.award()))
    assert report.verdict is Verdict.INVALID
    assert report.findings[4].code == "key_no_longer_valid"


def test_did_key_issuer_cannot_rotate_its_key() -> None:
    acme = IssuerFixture(Method.KEY)
    with pytest.raises(Refused) as refused:
        rotation.rotate_key(acme.issuer_context, "acme")
    assert refused.value.code == "did_key_has_one_key"
    assert acme.signer.create("next").handle == "key-2"


def test_two_rotations_leave_one_signing_key(acme: IssuerFixture) -> None:
    rotation.rotate_key(acme.issuer_context, "acme")
    first_retired = acme.issuer_store.issuer("acme").keys[0].retired
    acme.clock.advance(timedelta(days=1))
    rotated = rotation.rotate_key(acme.issuer_context, "acme")
    assert [key.retired is None for key in rotated.keys] == [False, False, True]
    assert rotated.keys[0].retired == first_retired


def test_rotation_is_atomic_and_can_be_repeated_after_a_crash() -> None:
    for at in range(100):
        for after in (False, True):
            acme = IssuerFixture()
            record = acme.issue()
            fuse = Fuse(at, after)
            try:
                rotation.rotate_key(fuse.build_into(acme.issuer_context), "acme")
            except Crash:
                pass
            else:
                assert not fuse.triggered
                return
            assert acme.report(record).verdict is Verdict.VALID
            assert acme.report(acme.issue()).verdict is Verdict.VALID
            rotation.rotate_key(acme.issuer_context, "acme")
            assert acme.report(record).verdict is Verdict.VALID
    pytest.fail("no run completed without a crash")


def test_rotation_is_retried_after_a_concurrent_revocation(acme: IssuerFixture) -> None:
    record = acme.issue()

    class ChangedByAnother(StaleIssuerStore):
        interfered = False

        def replace_issuer(self, changed: Issuer, lists: Any) -> None:
            if not self.interfered:
                self.interfered = True
                status_changes.revoke(acme.issuer_context, "acme", record.id)
            acme.issuer_store.replace_issuer(changed, lists)

    rotation.rotate_key(replace(acme.issuer_context, issuer_store=ChangedByAnother(acme)), "acme")
    assert acme.report(record).verdict is Verdict.REVOKED
    assert len(acme.issuer_store.issuer("acme").keys) == 2


def test_rotation_is_refused_as_busy_after_repeated_conflicts(acme: IssuerFixture) -> None:
    class AlwaysConflicting(StaleIssuerStore):
        def replace_issuer(self, changed: Issuer, lists: Any) -> None:
            raise Conflict("changed concurrently")

    with pytest.raises(Conflict) as conflict:
        rotation.rotate_key(replace(acme.issuer_context, issuer_store=AlwaysConflicting(acme)), "acme")
    assert conflict.value.code == "busy"
    assert acme.issuer_store.issuer("acme") == acme.issuer


def test_rotating_the_key_of_an_unknown_issuer_is_not_found(acme: IssuerFixture) -> None:
    with pytest.raises(NotFound):
        rotation.rotate_key(acme.issuer_context, "nobody")
