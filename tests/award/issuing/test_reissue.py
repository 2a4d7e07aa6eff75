"""Correcting and renewing: the new credential replaces the old one in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from chalicelib.award import achievements
from chalicelib.award.achievements import Content
from chalicelib.award.issuing import batch, reissue, status_changes
from chalicelib.award.issuing.reissue import Changes
from chalicelib.credential import signed_content
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.record import Record, State
from chalicelib.errors import LaurelError, Refused
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Outcome, Verdict
from tests.award.fakes import Crash, Fuse, IssuerFixture

NEW = "b" * 26


def correct(acme: IssuerFixture, record: Record, new_id: str | None = None, **changes: object) -> Record:
    return reissue.correct(acme.issuer_context, "acme", record.id, Changes(**changes), "A slip.", new_id=new_id)  # type: ignore[arg-type]


def code_of(act: object) -> str:
    with pytest.raises(LaurelError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_correction_changes_only_the_given_members(acme: IssuerFixture) -> None:
    ends = acme.clock().replace(microsecond=0) + timedelta(days=90)
    link = EvidenceLink("https://work.example/1", "A gate", "Of iron.")
    holder = Holder("Ada Lovelace", "ada@example.org", "did:example:ada")
    old = acme.issue(
        holder=holder, valid_until=ends, evidence=(link,), jwt=True, zone="Europe/London", notify=True,
        suite="eddsa-jcs-2022",
    )  # fmt: skip
    acme.clock.advance(timedelta(days=3))
    new = correct(acme, old, name="Ada King")
    was, now = signed_content.read(old.document), signed_content.read(new.document)
    assert now == replace(was, holder_name="Ada King")
    assert (new.valid_until, new.jwt is None, new.supersedes) == (ends, False, old.id)
    assert acme.issuer_store.recipient(new.id) == replace(
        acme.issuer_store.recipient(old.id), credential_id=new.id, name="Ada King"
    )
    assert acme.report(new).verdict is Verdict.VALID
    email_finding = acme.report(new, VerificationOptions("ada@example.org")).findings[8]
    assert email_finding.outcome is Outcome.PASSED

    stored = acme.issuer_store.record(old.id)
    assert (stored.superseded_by, stored.status.state) == (new.id, State.REVOKED)
    assert (stored.corrected, stored.status.reason) == (True, "A slip.")
    assert acme.report(old).verdict is Verdict.REVOKED


def test_correction_without_a_reason_stores_no_words_of_the_machine(acme: IssuerFixture) -> None:
    old = acme.issue()
    reissue.correct(acme.issuer_context, "acme", old.id, Changes(name="Ada King"))
    assert acme.issuer_store.record(old.id).status.reason is None


def test_renewed_credential_that_is_then_revoked_was_not_corrected(acme: IssuerFixture) -> None:
    old = acme.issue()
    reissue.renew(acme.issuer_context, "acme", old.id)
    revoked = status_changes.revoke(acme.issuer_context, "acme", old.id, "A fraud.").record
    assert (revoked.superseded_by is None, revoked.corrected) == (False, False)


def test_correction_keeps_the_achievement_version_and_renewal_takes_the_current_one(acme: IssuerFixture) -> None:
    corrected, renewed = acme.issue(), acme.issue()
    content = Content("Analysis II", "Can.", "Do.", None, "A wheel", valid_days=30)
    achievements.revise(acme.issuer_context, "acme", acme.achievement.id, 1, content)
    first = correct(acme, corrected, name="Ada King")
    second = reissue.renew(acme.issuer_context, "acme", renewed.id)
    assert (first.achievement_version, first.valid_until) == (1, None)
    assert (second.achievement_version, second.valid_until) == (2, second.status.at + timedelta(days=30))


def test_renewal_without_an_expiry_rule_keeps_the_duration(acme: IssuerFixture) -> None:
    old = acme.issue(valid_until=acme.issuer_context.now() + timedelta(days=7))
    acme.clock.advance(timedelta(days=100))
    new = reissue.renew(acme.issuer_context, "acme", old.id)
    assert new.valid_until == acme.issuer_context.now() + timedelta(days=7)
    assert acme.report(old).verdict is Verdict.EXPIRED
    assert acme.report(new).verdict is Verdict.VALID
    assert acme.issuer_store.record(old.id).status == old.status


def test_credential_of_an_archived_achievement_can_be_corrected_but_not_renewed(acme: IssuerFixture) -> None:
    old = acme.issue()
    achievements.archive(acme.issuer_context, "acme", acme.achievement.id)
    assert code_of(lambda: reissue.renew(acme.issuer_context, "acme", old.id)) == "achievement_archived"
    assert correct(acme, old, name="Ada King").holder_name == "Ada King"


def test_credential_is_replaced_only_once(acme: IssuerFixture) -> None:
    old = acme.issue()
    new = correct(acme, old, new_id=NEW, name="Ada King")
    assert correct(acme, old, new_id=NEW, name="Ada King") == new
    assert code_of(lambda: correct(acme, old, name="Ada King")) == "superseded"
    assert code_of(lambda: reissue.renew(acme.issuer_context, "acme", old.id, new_id="c" * 26)) == "superseded"
    assert len(list(acme.issuer_store.records("acme"))) == 2


@pytest.mark.parametrize(
    ("decide", "code"), [(status_changes.revoke, "revoked_is_final"), (status_changes.suspend, "suspended")]
)
def test_revoked_or_suspended_credential_is_not_replaced(acme: IssuerFixture, decide, code: str) -> None:
    old = acme.issue()
    decide(acme.issuer_context, "acme", old.id)
    assert code_of(lambda: correct(acme, old, name="Ada King")) == code
    assert code_of(lambda: reissue.renew(acme.issuer_context, "acme", old.id)) == code


def test_invalid_correction_changes_nothing(acme: IssuerFixture) -> None:
    old = acme.issue()
    assert code_of(lambda: correct(acme, old)) == "nothing_to_correct"
    assert code_of(lambda: correct(acme, old, email="nobody")) == "bad_email"
    assert code_of(lambda: correct(acme, old, new_id=old.id, name="Ada King")) == "id_taken"
    assert code_of(lambda: reissue.renew(acme.issuer_context, "other", old.id)) == "not_found"
    assert list(acme.issuer_store.records("acme")) == [old]


def test_correction_can_remove_optional_members(acme: IssuerFixture) -> None:
    old = acme.issue(
        holder=Holder("Ada Lovelace", "ada@example.org", "did:example:ada"),
        valid_until=acme.issuer_context.now() + timedelta(days=90),
        evidence=(EvidenceLink("https://work.example/1", "A gate"),),
    )
    new = correct(acme, old, email=None, did=None, valid_until=None, evidence=())
    now = signed_content.read(new.document)
    assert (now.has_email, now.holder_did, now.valid_until, now.evidence) == (False, None, None, ())
    assert (new.valid_until, acme.issuer_store.recipient(new.id).email) == (None, None)


def test_correction_can_remove_the_expiry_despite_an_expiry_rule(acme: IssuerFixture) -> None:
    content = Content("Analysis", "Can.", "Do.", None, "A wheel", valid_days=30)
    achievements.revise(acme.issuer_context, "acme", acme.achievement.id, 1, content)
    old = acme.issue()
    assert old.valid_until is not None
    assert correct(acme, old, valid_until=None).valid_until is None


def test_correction_without_a_change_is_refused(acme: IssuerFixture) -> None:
    ends = acme.issuer_context.now() + timedelta(days=90)
    link = EvidenceLink("https://work.example/1", "A gate")
    old = acme.issue(holder=Holder("Ada", "ada@example.org"), valid_until=ends, evidence=(link,))
    same = (
        {"name": "Ada"},
        {"email": " ADA@example.org "},
        {"did": None},
        {"valid_until": ends.astimezone(timezone(timedelta(hours=2)))},
        {"valid_from": signed_content.read(old.document).valid_from},
        {"evidence": (link,)},
        {"name": "Ada", "valid_until": ends},
    )
    for changes in same:
        assert code_of(lambda changes=changes: correct(acme, old, **changes)) == "nothing_to_correct"
    assert acme.issuer_store.record(old.id) == old
    assert correct(acme, old, name="Ada", email="ada@example.net").supersedes == old.id


def test_unknown_stored_timezone_does_not_prevent_a_correction(
    acme: IssuerFixture,
) -> None:
    old = acme.issue(holder=Holder("Ada", "ada@example.org"))
    acme.issuer_store._recipients[old.id] = replace(acme.issuer_store._recipients[old.id], zone="Nowhere/None")
    new = correct(acme, old, name="Ada King")
    assert acme.issuer_store.recipient(new.id).zone is None


def test_email_known_only_as_a_hash_can_be_removed(acme: IssuerFixture) -> None:
    old = acme.issue()
    del acme.issuer_store._recipients[old.id]
    assert not signed_content.read(correct(acme, old, email=None).document).has_email


def test_correction_requires_the_email_if_only_its_hash_is_known(acme: IssuerFixture) -> None:
    old = acme.issue()
    del acme.issuer_store._recipients[old.id]
    assert code_of(lambda: correct(acme, old, name="Ada King")) == "email_unknown"
    new = correct(acme, old, email="Ada@example.org")
    assert acme.issuer_store.recipient(new.id).email == "ada@example.org"


def test_correction_is_atomic_and_can_be_repeated_after_a_crash() -> None:
    for at in range(100):
        for after in (False, True):
            acme = IssuerFixture()
            old = acme.issue(credential_id="a" * 26)
            fuse = Fuse(at, after)
            args = ("acme", old.id, Changes(name="Ada King"), None)
            try:
                reissue.correct(fuse.build_into(acme.issuer_context), *args, new_id=NEW)
            except Crash:
                pass
            else:
                assert at > 5
                return
            existing = {record.id: record for record in acme.issuer_store.records("acme")}
            assert (NEW in existing) == (existing[old.id].superseded_by == NEW)
            new = reissue.correct(acme.issuer_context, *args, new_id=NEW)
            assert (acme.report(old).verdict, acme.report(new).verdict) == (Verdict.REVOKED, Verdict.VALID)
            assert len(list(acme.issuer_store.records("acme"))) == 2
    pytest.fail("no run completed without a crash")


# Issuing in bulk.


def test_bulk_issuing_returns_one_outcome_per_credential(acme: IssuerFixture) -> None:
    taken = acme.issue(credential_id=NEW, holder=Holder("Eve"))
    awards = [
        acme.award(),
        acme.award(holder=Holder("")),
        acme.award(achievement_id="nothing"),
        acme.award(credential_id=NEW),
        acme.award(credential_id=NEW, holder=Holder("Eve")),
        acme.award(issuer_id="other"),
        acme.award(),
    ]
    outcomes = batch.issue_many(acme.issuer_context, "acme", awards)
    codes = [outcome.code if isinstance(outcome, LaurelError) else "issued" for outcome in outcomes]
    assert codes == ["issued", "bad_text", "not_found", "id_taken", "issued", "not_found", "issued"]
    assert outcomes[4] == taken
    assert len(list(acme.issuer_store.records("acme"))) == 3


def test_bulk_issuing_reads_issuer_and_achievement_once(acme: IssuerFixture) -> None:
    calls: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> object:
            calls.append(name)
            return getattr(acme.issuer_store, name)

    issuer_context = replace(acme.issuer_context, issuer_store=Counted())  # type: ignore[arg-type]
    outcomes = batch.issue_many(issuer_context, "acme", [acme.award()] * 100)
    assert all(acme.report(one).verdict is Verdict.VALID for one in outcomes if isinstance(one, Record))
    assert (calls.count("issuer"), calls.count("achievement"), calls.count("add_record")) == (1, 1, 0)


def test_full_pair_of_lists_is_followed_by_a_new_pair(acme: IssuerFixture) -> None:
    first = acme.issuer.revocation_list
    acme.issuer_store._taken.update({(first, index): "another" for index in range(131_072)})
    outcomes = batch.issue_many(acme.issuer_context, "acme", [acme.award()] * 5)
    lists = {one.entries[0].list_id for one in outcomes if isinstance(one, Record)}
    assert lists == {acme.issuer_store.issuer("acme").revocation_list} != {first}


def test_evidence_and_expiry_rules_are_enforced(acme: IssuerFixture) -> None:
    content = Content("Analysis", "Can.", "Do.", None, "A wheel", valid_days=10, evidence_required=True)
    achievements.revise(acme.issuer_context, "acme", acme.achievement.id, 1, content)
    with pytest.raises(Refused) as refused:
        acme.issue()
    assert refused.value.code == "evidence_required"
    link = EvidenceLink("https://work.example/1", "A gate")
    issued = acme.issue(evidence=(link,))
    assert issued.valid_until == issued.status.at + timedelta(days=10)
    sooner = issued.issued_at + timedelta(days=1)
    assert acme.issue(evidence=(link,), valid_until=sooner).valid_until == sooner


def test_email_task_requires_an_email_address(acme: IssuerFixture) -> None:
    quiet, loud, without_email = acme.issue(), acme.issue(notify=True), acme.issue(holder=Holder("Eve"), notify=True)
    tasks = list(acme.issuer_store.tasks.due(acme.clock() + timedelta(days=1), 99))
    kinds = {
        name: sorted(task.kind for task in tasks if task.subject == name)
        for name in (quiet.id, loud.id, without_email.id)
    }
    assert kinds == {quiet.id: ["pathways"], loud.id: ["deliver", "pathways"], without_email.id: ["pathways"]}
