"""The demo's plan: which person gets which credential."""

from __future__ import annotations

import re
from collections import Counter
from unicodedata import bidirectional

from chalicelib.award.issuers.issuer_actions import Method
from chalicelib.verify.report import Verdict
from cli.demo.catalogue import COURSES, ISSUERS
from cli.demo.people import PEOPLE
from cli.demo.plan import CORRECTED_NAME, EXPECTED, REASONS, Kind, achievement_id, plan, replacement_id

HERE = "http://localhost:8000"


def test_forty_people_get_a_hundred_and_two_credentials() -> None:
    planned = plan(HERE)
    assert len(planned) == 102
    assert len({each.holder.email for each in planned}) == len(PEOPLE) == 40


def test_no_person_gets_the_same_achievement_twice() -> None:
    assert max(Counter((each.holder.email, each.course) for each in plan(HERE)).values()) == 1


def test_every_kind_is_planned_and_most_are_valid() -> None:
    kinds = Counter(each.kind for each in plan(HERE))
    assert set(kinds) == set(Kind)
    assert kinds[Kind.VALID] >= 85


def test_every_verdict_is_shown() -> None:
    assert set(EXPECTED) == set(Kind)
    assert set(EXPECTED.values()) == set(Verdict)


def test_every_course_is_issued() -> None:
    assert {each.course for each in plan(HERE)} == set(range(9))


def test_plan_is_deterministic_and_its_ids_depend_on_the_base_url() -> None:
    assert plan(HERE) == plan(HERE)
    other_ids = {each.id for each in plan("http://localhost:8001")}
    assert not other_ids & {each.id for each in plan(HERE)}
    assert achievement_id(HERE, 1) != achievement_id("http://localhost:8001", 1)


def test_ids_have_the_format_of_public_ids() -> None:
    ids = [each.id for each in plan(HERE)]
    ids.append(replacement_id(HERE))
    assert len(set(ids)) == 103
    assert all(re.fullmatch("[a-z2-7]{26}", name) for name in ids)


def test_valid_credentials_stay_valid_for_years() -> None:
    ends = [each.ends.days for each in plan(HERE) if each.kind is Kind.VALID and each.ends]
    starts = [each.starts.days for each in plan(HERE) if each.kind is Kind.VALID]
    assert min(ends) > 5 * 365
    assert max(starts) < 0


def test_every_change_of_status_has_a_reason() -> None:
    assert set(REASONS) == {Kind.REVOKED, Kind.SUSPENDED, Kind.SUPERSEDED}


def test_superseded_credential_corrects_the_name_of_a_person() -> None:
    [superseded] = [each for each in plan(HERE) if each.kind is Kind.SUPERSEDED]
    [holder] = [person for person in PEOPLE if person.email == superseded.holder.email]
    assert superseded.holder.name != holder.name == CORRECTED_NAME


def test_demo_has_three_registered_issuers_and_one_that_only_claims_its_name() -> None:
    assert [issuer.method for issuer in ISSUERS] == [Method.WEB, Method.WEB, Method.KEY, Method.WEB]
    assert [issuer.registered for issuer in ISSUERS] == [True, True, True, False]
    assert {course.issuer_id for course in COURSES} == {issuer.id for issuer in ISSUERS}


def test_only_the_credential_of_that_kind_is_of_the_unproven_issuer() -> None:
    unproven = {issuer.id for issuer in ISSUERS if not issuer.registered}
    kinds = {each.kind for each in plan(HERE) if COURSES[each.course].issuer_id in unproven}
    assert kinds == {Kind.UNPROVEN_ISSUER}


def test_kinds_that_others_rely_on_keep_their_names() -> None:
    assert [kind.value for kind in Kind] == [
        "valid",
        "expired",
        "not_yet_valid",
        "revoked",
        "suspended",
        "tampered",
        "wrong_signer",
        "unreachable_status",
        "unproven_issuer",
        "superseded",
    ]


def test_every_achievement_has_skills_of_a_public_framework() -> None:
    for course in COURSES:
        assert course.skills
        assert all(skill.url.startswith("https://") and skill.framework for skill in course.skills)


def test_names_use_many_scripts_including_right_to_left() -> None:
    directions = Counter(bidirectional(person.name[0]) for person in PEOPLE)
    assert directions["R"] + directions["AL"] >= 4
    assert sum(not person.name.isascii() for person in PEOPLE) >= 20


def test_email_addresses_are_undeliverable() -> None:
    assert all(person.email and person.email.endswith(".example") for person in PEOPLE)
    assert len({person.email for person in PEOPLE}) == 40
