"""Revoking a key that others could sign with."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import Method
from chalicelib.award.issuing import status_changes, storing
from chalicelib.award.issuing.signing import with_proof
from chalicelib.award.keys import new_key, own_key, revocation, rotation
from chalicelib.credential.did import did_document
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.record import Record
from chalicelib.errors import LaurelError, NotFound, Refused, Unavailable
from chalicelib.verify.report import Verdict
from tests.award.fakes import Crash, Fuse, IssuerFixture
from tests.fakes import KEY_POLICY, Signer

HOUR = timedelta(hours=1)


@pytest.fixture
def acme() -> IssuerFixture:
    """A registered issuer with its own key."""
    acme = IssuerFixture(registered=True)
    acme.issue()
    acme.clock.advance(new_key.OWN_KEY_WINDOW)
    return acme


def stored(acme: IssuerFixture) -> Issuer:
    return acme.issuer_store.issuer("acme")


def key_of(acme: IssuerFixture) -> SigningKey:
    return stored(acme).signing_key


def issue_two_and_note_the_time_between(acme: IssuerFixture) -> tuple[Record, datetime, Record]:
    before = acme.issue(jwt=True)
    acme.clock.advance(HOUR)
    since = acme.issuer_context.now()
    after = acme.issue()
    acme.clock.advance(HOUR)
    return before, since, after


def test_what_was_stored_before_the_moment_stays_valid_and_the_rest_is_refused(acme: IssuerFixture) -> None:
    before, since, after = issue_two_and_note_the_time_between(acme)
    key = key_of(acme)
    revocation.revoke(acme.issuer_context, "acme", key.fragment, since)
    assert acme.report(before).verdict is Verdict.VALID
    report = acme.report(after)
    assert (report.verdict, report.findings[4].code) == (Verdict.INVALID, "key_revoked")
    assert acme.report(acme.issue()).verdict is Verdict.VALID, "the new key signs"
    assert key_of(acme).fragment != key.fragment


def test_thief_cannot_backdate_a_credential(acme: IssuerFixture) -> None:
    """A forgery with the id of an old credential and an old date is not the one that Laurel stored."""
    before, since, _ = issue_two_and_note_the_time_between(acme)
    thief, issuer = acme.signer, stored(acme)
    revocation.revoke(acme.issuer_context, "acme", issuer.signing_key.fragment, since)
    document = {name: value for name, value in json.loads(before.document).items() if name != "proof"}
    document["credentialSubject"]["achievement"]["name"] = "Doctor of Medicine"
    backdated = since - HOUR + timedelta(minutes=1)
    report = acme.report_of(with_proof(thief, issuer, document, created=backdated), before)
    assert (report.verdict, report.findings[4].code) == (Verdict.INVALID, "key_revoked")


def test_jwt_of_an_old_credential_stays_valid_too(acme: IssuerFixture) -> None:
    before, since, _ = issue_two_and_note_the_time_between(acme)
    revocation.revoke(acme.issuer_context, "acme", key_of(acme).fragment, since)
    assert before.jwt is not None
    assert acme.report_of(before.jwt.encode(), before).verdict is Verdict.VALID


def test_every_status_list_is_signed_again_so_that_old_credentials_keep_their_status(acme: IssuerFixture) -> None:
    before, since, _ = issue_two_and_note_the_time_between(acme)
    revoked = acme.issue()
    old_lists = [each.id for each in acme.issuer_store.status_lists("acme")]
    storing.open_next_pair(acme.issuer_context, stored(acme), acme.issuer_context.now())
    status_changes.revoke(acme.issuer_context, "acme", revoked.id)
    key = key_of(acme)
    revocation.revoke(acme.issuer_context, "acme", key.fragment, since)
    signed_by = {
        each.id: json.loads(each.document)["proof"]["verificationMethod"]
        for each in acme.issuer_store.status_lists("acme")
    }
    assert signed_by.keys() > set(old_lists)
    assert set(signed_by.values()) == {stored(acme).method_id(key_of(acme))}
    assert acme.report(before).verdict is Verdict.VALID
    status_changes.suspend(acme.issuer_context, "acme", before.id)
    assert acme.report(acme.issuer_store.record(before.id)).verdict is Verdict.SUSPENDED


def test_impact_is_what_revoking_does(acme: IssuerFixture) -> None:
    _, since, _ = issue_two_and_note_the_time_between(acme)
    acme.issue()
    acme.clock.advance(HOUR)
    key = key_of(acme)
    impact = revocation.impact(acme.issuer_context, "acme", key.fragment, since)
    assert (impact.kept, impact.invalid) == (2, 2)
    assert key_of(acme) == key, "nothing has changed"
    issuer = revocation.revoke(acme.issuer_context, "acme", stored(acme).method_id(key), since)
    records = list(acme.issuer_store.records("acme"))
    verdicts = [acme.report(record).verdict for record in records]
    assert [verdicts.count(verdict) for verdict in (Verdict.VALID, Verdict.INVALID)] == [2, 2]
    acme.clock.advance(HOUR)
    acme.issue()
    again = revocation.impact(acme.issuer_context, "acme", key.fragment, since)
    assert (again.kept, again.invalid) == (2, 2), "credentials of the next key do not count"
    assert [each.revoked for each in issuer.keys] == [None, since, None]


def test_did_document_no_longer_lists_the_key_for_assertions(acme: IssuerFixture) -> None:
    key, since = key_of(acme), acme.issuer_context.now()
    issuer = revocation.revoke(acme.issuer_context, "acme", key.fragment, since)
    document = did_document(issuer.did, issuer.keys)
    assert issuer.method_id(key) not in document["assertionMethod"]  # type: ignore[operator]
    revoked = [method["id"] for method in document["verificationMethod"] if "revoked" in method]  # type: ignore[attr-defined]
    assert revoked == [issuer.method_id(key), f"{issuer.did}#{key.p256}"]


def test_retired_key_can_be_revoked_and_the_signing_key_stays(acme: IssuerFixture) -> None:
    before, since, after = issue_two_and_note_the_time_between(acme)
    old = key_of(acme)
    rotation.rotate_key(acme.issuer_context, "acme")
    signing = key_of(acme)
    revocation.revoke(acme.issuer_context, "acme", old.fragment, since)
    assert key_of(acme) == signing
    assert (acme.report(before).verdict, acme.report(after).verdict) == (Verdict.VALID, Verdict.INVALID)


def test_owner_who_may_not_create_a_key_continues_with_the_shared_key(acme: IssuerFixture) -> None:
    context = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, new_keys_per_day=0))
    revocation.revoke(context, "acme", key_of(acme).fragment, context.now())
    assert key_of(acme).shared
    assert len({key.fragment for key in stored(acme).keys}) == len(stored(acme).keys) == 2
    assert acme.report(acme.issue()).verdict is Verdict.VALID
    acme.clock.advance(timedelta(days=1))
    assert acme.report(acme.issue()).verdict is Verdict.VALID
    assert not key_of(acme).shared


def test_repeated_revocations_create_one_key_a_day(acme: IssuerFixture) -> None:
    """An owner cannot make the deployment pay by revoking again and again."""
    for _ in range(10):
        key = key_of(acme)
        if key.shared:
            break
        revocation.revoke(acme.issuer_context, "acme", key.fragment, acme.issuer_context.now())
    assert key_of(acme).shared
    assert len(acme.signer.created) == 2


def test_operator_always_gets_a_new_key(acme: IssuerFixture) -> None:
    context = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, new_keys_per_day=0))
    revocation.revoke(context, "acme", key_of(acme).fragment, context.now(), by_operator=True)
    assert not key_of(acme).shared
    assert new_key.created_today(context) == 1


def test_shared_key_is_revoked_after_the_operator_replaced_it(acme: IssuerFixture) -> None:
    poor = IssuerFixture()
    record, since = poor.issue(), poor.issuer_context.now()
    with pytest.raises(Refused) as refused:
        revocation.revoke(poor.issuer_context, "acme", key_of(poor).fragment, since)
    assert refused.value.code == "shared_key_in_use"
    other = poor.signer.create("deployment").handle
    context = replace(poor.issuer_context, key_policy=replace(KEY_POLICY, shared_handle=other))
    revocation.revoke(context, "acme", key_of(poor).fragment, since)
    assert key_of(poor).handle == other
    assert poor.report(record).findings[4].code == "key_revoked"


@pytest.mark.parametrize("by_operator", [False, True])
def test_revoking_a_former_shared_key_creates_no_key_before_the_next_issue(by_operator: bool) -> None:
    acme = IssuerFixture()
    acme.issue()
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    key, since = key_of(acme), acme.issuer_context.now()
    other = acme.signer.create("deployment").handle
    context = replace(acme.issuer_context, key_policy=replace(KEY_POLICY, shared_handle=other))
    revocation.revoke(context, "acme", key.fragment, since, by_operator=by_operator)
    assert key_of(acme).handle == other
    assert (acme.signer.created, new_key.created_today(context)) == ([other], 0)
    own_key.ensure(context, stored(acme))
    assert not key_of(acme).shared


def test_time_can_only_move_back(acme: IssuerFixture) -> None:
    before, since, _ = issue_two_and_note_the_time_between(acme)
    key = key_of(acme)
    revocation.revoke(acme.issuer_context, "acme", key.fragment, since)
    revocation.revoke(acme.issuer_context, "acme", key.fragment, since)
    with pytest.raises(Refused):
        revocation.revoke(acme.issuer_context, "acme", key.fragment, since + timedelta(seconds=1))
    revocation.revoke(acme.issuer_context, "acme", key.fragment, since - 2 * HOUR)
    assert acme.report(before).findings[4].code == "key_revoked"
    assert len(acme.signer.created) == 2


def test_unknown_key_future_time_and_did_key_are_refused(acme: IssuerFixture) -> None:
    with pytest.raises(NotFound):
        revocation.revoke(acme.issuer_context, "acme", "z6MkNo", acme.issuer_context.now())
    with pytest.raises(Refused) as refused:
        revocation.impact(acme.issuer_context, "acme", key_of(acme).fragment, acme.clock() + HOUR)
    assert refused.value.code == "bad_moment"
    single = IssuerFixture(Method.KEY)
    with pytest.raises(Refused) as refused:
        revocation.revoke(single.issuer_context, "acme", key_of(single).fragment, single.issuer_context.now())
    assert refused.value.code == "did_key_has_one_key"


@pytest.mark.slow
def test_revocation_can_be_repeated_after_a_crash() -> None:
    for at in range(100):
        for after in (False, True):
            acme = IssuerFixture(registered=True)
            record = acme.issue()
            acme.clock.advance(new_key.OWN_KEY_WINDOW)
            key, since = key_of(acme), acme.issuer_context.now()
            fuse = Fuse(at, after)
            try:
                revocation.revoke(fuse.build_into(acme.issuer_context), "acme", key.fragment, since)
            except Crash:
                pass
            else:
                return
            assert acme.report(record).verdict is Verdict.VALID, "no credential loses its status in between"
            revocation.revoke(acme.issuer_context, "acme", key.fragment, since)
            assert acme.report(record).verdict is Verdict.VALID
            assert acme.report(acme.issue()).verdict is Verdict.VALID
            assert next(each for each in stored(acme).keys if each.fragment == key.fragment).revoked == since
    pytest.fail("no run completed without a crash")


def test_another_tenants_key_cannot_be_revoked(acme: IssuerFixture) -> None:
    fields = ("Another academy", acme.issuer.url, acme.issuer.description)
    issuer_actions.create(acme.issuer_context, issuer_actions.NewIssuer("other", *fields))
    with pytest.raises(LaurelError):
        revocation.revoke(acme.issuer_context, "other", key_of(acme).fragment, acme.issuer_context.now())


def test_key_is_revoked_at_once_even_when_its_successor_cannot_sign_yet(acme: IssuerFixture) -> None:
    class Slow(Signer):
        def sign(self, handle: str, message: bytes) -> bytes:
            if handle != self.SHARED:
                raise Unavailable("AccessDenied", code="signing_unavailable")
            return super().sign(handle, message)

    slow = Slow()
    slow._keys = acme.signer._keys
    context = replace(acme.issuer_context, signer=slow)
    key = key_of(acme)
    after = revocation.revoke(context, "acme", key.fragment, context.now())
    assert after.signing_key.shared
    assert [each.revoked for each in after.keys if each.fragment == key.fragment] == [context.now()]
    assert after.next_key is not None
    acme.issue()
    assert stored(acme).signing_key.handle == after.next_key.handle
