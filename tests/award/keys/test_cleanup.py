"""Abandoned issuers and keys that nobody needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import issue
from chalicelib.award.keys import cleanup, own_key, revocation, rotation
from chalicelib.award.keys.cleanup import ABANDONED_AFTER, ORPHAN_AFTER, CleanupResult, StoredKey, clean_up
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation
from chalicelib.errors import Conflict
from chalicelib.verify.report import Verdict
from tests.award.fakes import Crash, Fuse, IssuerFixture, new_issuer
from tests.award.keys.fakes import KeyRemover

NOTHING = CleanupResult(0, 0)


def stored(acme: IssuerFixture) -> Issuer:
    return acme.issuer_store.issuer("acme")


def prove_domain(acme: IssuerFixture) -> None:
    proof = DomainProof("acme.example", ProofLocation.DNS, acme.issuer_context.now(), "0" * 64)
    issuer = stored(acme)
    acme.issuer_store.replace_issuer(replace(issuer, domains=(proof,), version=issuer.version + 1))


def test_abandoned_issuer_is_closed_and_its_keys_are_scheduled_for_deletion(acme: IssuerFixture) -> None:
    rotation.rotate_key(acme.issuer_context, "acme")
    own = stored(acme).signing_key
    remover = KeyRemover()
    acme.clock.advance(ABANDONED_AFTER - timedelta(minutes=1))
    assert clean_up(acme.issuer_context, remover) == NOTHING
    acme.clock.advance(timedelta(minutes=1))
    assert clean_up(acme.issuer_context, remover) == CleanupResult(1, 2)
    assert remover.scheduled == [own.handle, own.p256_handle]
    assert stored(acme).closed == acme.issuer_context.now()
    assert stored(acme).signing_key.shared
    assert clean_up(acme.issuer_context, remover) == NOTHING


def test_closed_issuer_opens_again_when_it_issues_and_earns_a_new_key(acme: IssuerFixture) -> None:
    rotation.rotate_key(acme.issuer_context, "acme")
    acme.clock.advance(ABANDONED_AFTER)
    clean_up(acme.issuer_context, KeyRemover())
    record = acme.issue()
    assert stored(acme).closed is None
    assert acme.report(record).findings[4].code == "signer_is_issuer"
    prove_domain(acme)
    acme.clock.advance(timedelta(days=1))
    assert acme.report(acme.issue()).verdict is Verdict.VALID
    assert not stored(acme).signing_key.shared
    assert clean_up(acme.issuer_context, KeyRemover()) == NOTHING


def test_issuer_that_issued_once_or_is_registered_is_never_closed(acme: IssuerFixture) -> None:
    acme.issue()
    fields = (acme.issuer.name, acme.issuer.url, acme.issuer.description)
    issuer_actions.create(acme.issuer_context, issuer_actions.NewIssuer("known", *fields), registered=True)
    acme.clock.advance(10 * ABANDONED_AFTER)
    assert clean_up(acme.issuer_context, KeyRemover()) == NOTHING


def test_only_old_keys_that_their_issuer_does_not_know_are_orphans(acme: IssuerFixture) -> None:
    prove_domain(acme)
    acme.issue()
    old = acme.issuer_context.now()
    acme.clock.advance(ORPHAN_AFTER)
    remover = KeyRemover(
        [
            StoredKey("key-1", "acme", old),
            StoredKey("orphan", "acme", old),
            StoredKey("in-the-making", "acme", old + timedelta(seconds=1)),
            StoredKey("of-nobody", "never-stored", old),
        ]
    )
    assert clean_up(acme.issuer_context, remover) == CleanupResult(0, 2)
    assert remover.scheduled == ["orphan", "of-nobody"]


def test_revoked_key_is_deleted_and_earlier_ones_stay(acme: IssuerFixture) -> None:
    record = acme.issue()
    for _ in range(2):
        rotation.rotate_key(acme.issuer_context, "acme")
    acme.clock.advance(timedelta(days=1))
    _, retired, signing = stored(acme).keys
    revocation.revoke(acme.issuer_context, "acme", signing.fragment, acme.issuer_context.now(), by_operator=True)
    acme.clock.advance(ORPHAN_AFTER)
    handles = [*acme.signer.created, *acme.signer.created_p256]
    remover = KeyRemover([StoredKey(handle, "acme", signing.created) for handle in handles])
    assert clean_up(acme.issuer_context, remover) == CleanupResult(0, 2)
    assert remover.scheduled == [*signing.handles] != [*retired.handles]
    assert acme.report(record).findings[4].code == "signer_is_issuer"


def test_key_that_was_stored_after_the_issuers_were_listed_is_kept(acme: IssuerFixture) -> None:
    class StaleList:
        def __getattr__(self, name: str) -> object:
            return getattr(acme.issuer_store, name)

        def issuers(self) -> object:
            return iter([acme.issuer])

    prove_domain(acme)
    acme.issue()
    acme.clock.advance(2 * ORPHAN_AFTER)
    remover = KeyRemover([StoredKey("key-1", "acme", acme.clock() - ORPHAN_AFTER)])
    clean_up(replace(acme.issuer_context, issuer_store=StaleList()), remover)  # type: ignore[arg-type]
    assert remover.scheduled == []


def test_orphan_of_a_crashed_first_issue_is_found(monkeypatch: pytest.MonkeyPatch, acme: IssuerFixture) -> None:
    def lost(*_: object) -> Issuer:
        raise Conflict("someone else was first")

    prove_domain(acme)
    monkeypatch.setattr(acme.issuer_store, "replace_issuer", lost)
    assert own_key.ensure(acme.issuer_context, stored(acme)).signing_key.shared
    (orphan,) = acme.signer.created
    remover = KeyRemover([StoredKey(orphan, "acme", acme.issuer_context.now())])
    acme.clock.advance(ORPHAN_AFTER)
    assert clean_up(acme.issuer_context, remover) == CleanupResult(0, 1)


def test_clean_up_can_be_repeated_after_a_crash() -> None:
    for at in range(100):
        for after in (False, True):
            acme = IssuerFixture()
            rotation.rotate_key(acme.issuer_context, "acme")
            own = stored(acme).signing_key.handles
            acme.clock.advance(ABANDONED_AFTER)
            fuse, remover = Fuse(at, after), KeyRemover()
            try:
                clean_up(fuse.build_into(acme.issuer_context), remover)
            except Crash:
                pass
            else:
                return
            clean_up(acme.issuer_context, remover)
            assert remover.scheduled == [*own]
            assert stored(acme).closed is not None
    pytest.fail("no run completed without a crash")


def test_credentials_issued_while_an_issuer_is_being_closed_stay_valid(acme: IssuerFixture) -> None:
    """The first issue can come between the look and the closing."""
    prove_domain(acme)
    rotation.rotate_key(acme.issuer_context, "acme")
    acme.clock.advance(ABANDONED_AFTER)
    prove_domain(acme)
    seen = stored(acme)
    record = issue.issue(acme.issuer_context, acme.award())
    cleanup._close(acme.issuer_context, KeyRemover(), seen)
    acme.clock.advance(timedelta(days=1))
    assert acme.report(record).verdict is Verdict.VALID
    assert acme.report(acme.issue()).verdict is Verdict.VALID


def test_many_abandoned_issuers_are_closed_in_one_run(acme: IssuerFixture) -> None:
    for number in range(20):
        issuer_actions.create(acme.issuer_context, new_issuer(id=f"issuer-{number}"))
    acme.clock.advance(ABANDONED_AFTER)
    assert clean_up(acme.issuer_context, KeyRemover()) == CleanupResult(21, 0)
