"""Correct and renew: one takes the place of the other, in one act."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from chalicelib.award import achievements
from chalicelib.award.achievements import Content
from chalicelib.award.issuing import issue, reissue, status_changes
from chalicelib.award.issuing.reissue import Changes
from chalicelib.credential import signed_content
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.record import Record, State
from chalicelib.errors import LaurelError, Refused
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Outcome, Verdict
from tests.award.fakes import Crash, Fuse, House

NEW = "b" * 26


def correct(house: House, record: Record, new_id: str | None = None, **changes: object) -> Record:
    return reissue.correct(house.issuer_context, "acme", record.id, Changes(**changes), "A slip.", new_id=new_id)  # type: ignore[arg-type]


def code_of(act: object) -> str:
    with pytest.raises(LaurelError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_what_was_wrong_is_right_and_the_rest_stays(house: House) -> None:
    ends = house.clock().replace(microsecond=0) + timedelta(days=90)
    link = EvidenceLink("https://work.example/1", "A gate", "Of iron.")
    holder = Holder("Ada Lovelace", "ada@example.org", "did:example:ada")
    old = house.issue(
        holder=holder, valid_until=ends, evidence=(link,), jwt=True, zone="Europe/London", notify=True,
        suite="eddsa-jcs-2022",
    )  # fmt: skip
    house.clock.advance(timedelta(days=3))
    new = correct(house, old, name="Ada King")
    was, now = signed_content.read(old.document), signed_content.read(new.document)
    assert now == replace(was, holder_name="Ada King")
    assert (new.valid_until, new.jwt is None, new.supersedes) == (ends, False, old.id)
    assert house.issuer_store.recipient(new.id) == replace(
        house.issuer_store.recipient(old.id), credential_id=new.id, name="Ada King"
    )
    assert house.report(new).verdict is Verdict.VALID
    asked = house.report(new, VerificationOptions("ada@example.org")).findings[8]
    assert asked.outcome is Outcome.PASSED

    stands = house.issuer_store.record(old.id)
    assert (stands.superseded_by, stands.status.state) == (new.id, State.REVOKED)
    assert stands.status.reason == f"Replaced by http://localhost:8000/c/{new.id}: A slip."
    assert house.report(old).verdict is Verdict.REVOKED


def test_a_correction_is_for_the_version_that_was_earned_and_a_renewal_for_the_present_one(house: House) -> None:
    corrected, renewed = house.issue(), house.issue()
    content = Content("Analysis II", "Can.", "Do.", None, "A wheel", valid_days=30)
    achievements.revise(house.issuer_context, "acme", house.achievement.id, 1, content)
    first = correct(house, corrected, name="Ada King")
    second = reissue.renew(house.issuer_context, "acme", renewed.id)
    assert (first.achievement_version, first.valid_until) == (1, None)
    assert (second.achievement_version, second.valid_until) == (2, second.issued_at + timedelta(days=30))


def test_a_renewal_without_a_rule_lasts_as_long_as_the_old_one(house: House) -> None:
    old = house.issue(valid_until=house.issuer_context.now() + timedelta(days=7))
    house.clock.advance(timedelta(days=100))
    new = reissue.renew(house.issuer_context, "acme", old.id)
    assert new.valid_until == house.issuer_context.now() + timedelta(days=7)
    assert house.report(old).verdict is Verdict.EXPIRED
    assert house.report(new).verdict is Verdict.VALID
    assert house.issuer_store.record(old.id).status == old.status


def test_what_was_archived_since_is_still_corrected_and_no_longer_renewed(house: House) -> None:
    old = house.issue()
    achievements.archive(house.issuer_context, "acme", house.achievement.id)
    assert code_of(lambda: reissue.renew(house.issuer_context, "acme", old.id)) == "achievement_archived"
    assert correct(house, old, name="Ada King").holder_name == "Ada King"


def test_each_is_replaced_once(house: House) -> None:
    old = house.issue()
    new = correct(house, old, new_id=NEW, name="Ada King")
    assert correct(house, old, new_id=NEW, name="Ada King") == new
    assert code_of(lambda: correct(house, old, name="Ada King")) == "superseded"
    assert code_of(lambda: reissue.renew(house.issuer_context, "acme", old.id, new_id="c" * 26)) == "superseded"
    assert len(list(house.issuer_store.records("acme"))) == 2


@pytest.mark.parametrize(
    ("decide", "code"), [(status_changes.revoke, "revoked_is_final"), (status_changes.suspend, "suspended")]
)
def test_what_does_not_stand_is_not_replaced(house: House, decide, code: str) -> None:
    old = house.issue()
    decide(house.issuer_context, "acme", old.id)
    assert code_of(lambda: correct(house, old, name="Ada King")) == code
    assert code_of(lambda: reissue.renew(house.issuer_context, "acme", old.id)) == code


def test_what_cannot_be_corrected_is_refused_and_nothing_changes(house: House) -> None:
    old = house.issue()
    assert code_of(lambda: correct(house, old)) == "nothing_to_correct"
    assert code_of(lambda: correct(house, old, email="nobody")) == "bad_email"
    assert code_of(lambda: correct(house, old, new_id=old.id, name="Ada King")) == "id_taken"
    assert code_of(lambda: reissue.renew(house.issuer_context, "other", old.id)) == "not_found"
    assert list(house.issuer_store.records("acme")) == [old]


def test_what_should_not_be_there_at_all_is_taken_away(house: House) -> None:
    old = house.issue(
        holder=Holder("Ada Lovelace", "ada@example.org", "did:example:ada"),
        valid_until=house.issuer_context.now() + timedelta(days=90),
        evidence=(EvidenceLink("https://work.example/1", "A gate"),),
    )
    new = correct(house, old, email=None, did=None, valid_until=None, evidence=())
    now = signed_content.read(new.document)
    assert (now.has_email, now.holder_did, now.valid_until, now.evidence) == (False, None, None, ())
    assert (new.valid_until, house.issuer_store.recipient(new.id).email) == (None, None)


def test_an_end_is_taken_away_although_the_achievement_has_an_expiry_rule(house: House) -> None:
    content = Content("Analysis", "Can.", "Do.", None, "A wheel", valid_days=30)
    achievements.revise(house.issuer_context, "acme", house.achievement.id, 1, content)
    old = house.issue()
    assert old.valid_until is not None
    assert correct(house, old, valid_until=None).valid_until is None


def test_a_correction_after_which_it_says_the_same_is_refused_and_revokes_nothing(house: House) -> None:
    ends = house.issuer_context.now() + timedelta(days=90)
    link = EvidenceLink("https://work.example/1", "A gate")
    old = house.issue(holder=Holder("Ada", "ada@example.org"), valid_until=ends, evidence=(link,))
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
        assert code_of(lambda changes=changes: correct(house, old, **changes)) == "nothing_to_correct"
    assert house.issuer_store.record(old.id) == old
    assert correct(house, old, name="Ada", email="ada@example.net").supersedes == old.id


def test_a_zone_that_nobody_knows_stored_before_it_was_looked_up_keeps_nothing_from_being_corrected(
    house: House,
) -> None:
    old = house.issue(holder=Holder("Ada", "ada@example.org"))
    house.issuer_store._recipients[old.id] = replace(house.issuer_store._recipients[old.id], zone="Nowhere/None")
    new = correct(house, old, name="Ada King")
    assert house.issuer_store.recipient(new.id).zone is None


def test_an_address_of_which_only_the_hash_is_known_can_be_taken_away(house: House) -> None:
    old = house.issue()
    del house.issuer_store._recipients[old.id]
    assert not signed_content.read(correct(house, old, email=None).document).has_email


def test_an_address_that_is_known_as_a_hash_only_has_to_be_given(house: House) -> None:
    old = house.issue()
    del house.issuer_store._recipients[old.id]
    assert code_of(lambda: correct(house, old, name="Ada King")) == "email_unknown"
    new = correct(house, old, email="Ada@example.org")
    assert house.issuer_store.recipient(new.id).email == "ada@example.org"


def test_whenever_it_dies_both_change_or_neither_and_a_rerun_completes_it() -> None:
    for at in range(100):
        for after in (False, True):
            house = House()
            old = house.issue(credential_id="a" * 26)
            fuse = Fuse(at, after)
            args = ("acme", old.id, Changes(name="Ada King"), None)
            try:
                reissue.correct(fuse.build_into(house.issuer_context), *args, new_id=NEW)
            except Crash:
                pass
            else:
                assert at > 5
                return
            there = {record.id: record for record in house.issuer_store.records("acme")}
            assert (NEW in there) == (there[old.id].superseded_by == NEW)
            new = reissue.correct(house.issuer_context, *args, new_id=NEW)
            assert (house.report(old).verdict, house.report(new).verdict) == (Verdict.REVOKED, Verdict.VALID)
            assert len(list(house.issuer_store.records("acme"))) == 2
    pytest.fail("the fuse never outlasted the act")


# Many.


def test_many_are_issued_each_with_its_own_answer(house: House) -> None:
    taken = house.issue(credential_id=NEW, holder=Holder("Eve"))
    awards = [
        house.award(),
        house.award(holder=Holder("")),
        house.award(achievement_id="nothing"),
        house.award(credential_id=NEW),
        house.award(credential_id=NEW, holder=Holder("Eve")),
        house.award(issuer_id="other"),
        house.award(),
    ]
    outcomes = issue.issue_many(house.issuer_context, "acme", awards)
    codes = [outcome.code if isinstance(outcome, LaurelError) else "issued" for outcome in outcomes]
    assert codes == ["issued", "bad_text", "not_found", "id_taken", "issued", "not_found", "issued"]
    assert outcomes[4] == taken
    assert len(list(house.issuer_store.records("acme"))) == 3


def test_many_read_the_issuer_and_the_achievement_once(house: House) -> None:
    calls: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> object:
            calls.append(name)
            return getattr(house.issuer_store, name)

    issuer_context = replace(house.issuer_context, issuer_store=Counted())  # type: ignore[arg-type]
    outcomes = issue.issue_many(issuer_context, "acme", [house.award()] * 100)
    assert all(house.report(one).verdict is Verdict.VALID for one in outcomes if isinstance(one, Record))
    assert (calls.count("issuer"), calls.count("achievement"), calls.count("add_record")) == (1, 1, 0)


def test_a_full_pair_of_lists_is_followed_by_the_next_one(house: House) -> None:
    first = house.issuer.revocation_list
    house.issuer_store._taken.update({(first, index): "another" for index in range(131_072)})
    outcomes = issue.issue_many(house.issuer_context, "acme", [house.award()] * 5)
    lists = {one.entries[0].list_id for one in outcomes if isinstance(one, Record)}
    assert lists == {house.issuer_store.issuer("acme").revocation_list} != {first}


def test_evidence_and_expiry_are_enforced(house: House) -> None:
    content = Content("Analysis", "Can.", "Do.", None, "A wheel", valid_days=10, evidence_required=True)
    achievements.revise(house.issuer_context, "acme", house.achievement.id, 1, content)
    with pytest.raises(Refused) as refused:
        house.issue()
    assert refused.value.code == "evidence_required"
    link = EvidenceLink("https://work.example/1", "A gate")
    issued = house.issue(evidence=(link,))
    assert issued.valid_until == issued.issued_at + timedelta(days=10)
    sooner = issued.issued_at + timedelta(days=1)
    assert house.issue(evidence=(link,), valid_until=sooner).valid_until == sooner


def test_a_letter_and_the_pathways_follow_where_there_is_an_address(house: House) -> None:
    quiet, loud, nobody = house.issue(), house.issue(notify=True), house.issue(holder=Holder("Eve"), notify=True)
    tasks = list(house.issuer_store.tasks.due(house.clock() + timedelta(days=1), 99))
    kinds = {
        name: sorted(task.kind for task in tasks if task.subject == name) for name in (quiet.id, loud.id, nobody.id)
    }
    assert kinds == {quiet.id: ["pathways"], loud.id: ["deliver", "pathways"], nobody.id: []}
