"""Who gets what in the demo."""

from __future__ import annotations

import re
from collections import Counter
from unicodedata import bidirectional

from chalicelib.award.issuers.issuer_actions import Method
from chalicelib.verify.report import Verdict
from cli.demo.catalogue import COURSES, ISSUERS
from cli.demo.people import PEOPLE
from cli.demo.plan import EXPECTED, REASONS, Kind, achievement_id, plan

HERE = "http://localhost:8000"


def test_a_hundred_credentials_go_to_forty_people() -> None:
    planned = plan(HERE)
    assert len(planned) == 100
    assert len({each.holder for each in planned}) == len(PEOPLE) == 40


def test_nobody_gets_the_same_twice() -> None:
    assert max(Counter((each.holder, each.course) for each in plan(HERE)).values()) == 1


def test_every_kind_is_there_and_most_are_valid() -> None:
    kinds = Counter(each.kind for each in plan(HERE))
    assert set(kinds) == set(Kind)
    assert kinds[Kind.VALID] >= 85


def test_every_verdict_is_on_show() -> None:
    assert set(EXPECTED) == set(Kind)
    assert set(EXPECTED.values()) == set(Verdict)


def test_every_lesson_is_taken_by_somebody() -> None:
    assert {each.course for each in plan(HERE)} == set(range(8))


def test_the_same_address_gives_the_same_plan_and_another_one_other_ids() -> None:
    assert plan(HERE) == plan(HERE)
    there = {each.id for each in plan("http://localhost:8001")}
    assert not there & {each.id for each in plan(HERE)}
    assert achievement_id(HERE, 1) != achievement_id("http://localhost:8001", 1)


def test_ids_look_as_public_ids_do() -> None:
    ids = [each.id for each in plan(HERE)]
    assert len(set(ids)) == 100
    assert all(re.fullmatch("[a-z2-7]{26}", name) for name in ids)


def test_what_is_valid_stays_valid_for_years() -> None:
    ends = [each.ends.days for each in plan(HERE) if each.kind is Kind.VALID and each.ends]
    starts = [each.starts.days for each in plan(HERE) if each.kind is Kind.VALID]
    assert min(ends) > 5 * 365
    assert max(starts) < 0


def test_what_is_withdrawn_has_a_reason() -> None:
    assert set(REASONS) == {Kind.REVOKED, Kind.SUSPENDED}


def test_three_issuers_two_of_them_on_this_host() -> None:
    assert [method for _, method in ISSUERS] == [Method.WEB, Method.WEB, Method.KEY]
    assert {course.issuer_id for course in COURSES} == {new.id for new, _ in ISSUERS}


def test_every_achievement_shows_skills_of_a_public_framework() -> None:
    for course in COURSES:
        assert course.skills
        assert all(skill.url.startswith("https://") and skill.framework for skill in course.skills)


def test_names_are_of_many_scripts_and_some_run_from_right_to_left() -> None:
    directions = Counter(bidirectional(person.name[0]) for person in PEOPLE)
    assert directions["R"] + directions["AL"] >= 4
    assert sum(not person.name.isascii() for person in PEOPLE) >= 20


def test_nobody_s_address_can_be_written_to() -> None:
    assert all(person.email and person.email.endswith(".example") for person in PEOPLE)
    assert len({person.email for person in PEOPLE}) == 40
