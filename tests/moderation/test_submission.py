"""Reports by visitors: what is stored, and what strangers cannot do with them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.access.rate_limits import TooMany
from chalicelib.errors import NotFound, Refused, TakenDown, Unavailable
from chalicelib.moderation import notices, submission, takedown
from chalicelib.moderation.submission import PER_CREDENTIAL, PER_NETWORK, PER_NETWORK_AND_CREDENTIAL, Draft
from chalicelib.moderation.visitor_report import Reason, VisitorReport
from tests.http.fake_laurel import Laurel, id_of, seeded

ID = id_of("valid")
DRAFT = Draft(Reason.WRONG_PERSON, "It names me, but I never took this course.", " Eve@Example.org ")
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def laurel() -> Laurel:
    return seeded()


def submit(laurel: Laurel, credential_id: str = ID, draft: Draft = DRAFT, client_address: str = HOME) -> VisitorReport:
    return submission.submit(laurel.moderation_context, credential_id, draft, client_address)


def test_a_report_is_stored_for_its_issuer_with_two_tasks(laurel: Laurel) -> None:
    report = submit(laurel)
    assert laurel.visitor_reports.by_id == {report.id: report}
    assert (report.issuer_id, report.email, report.at) == ("fernhill", "eve@example.org", laurel.now)
    assert {(task.kind, task.subject) for task in laurel.tasks.status} >= {
        (notices.TO_ISSUER, ID), (notices.TO_OPERATOR, ID),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft(Reason.OTHER), "bad_text"),
        (Draft(Reason.OFFENSIVE, "x" * 2001), "bad_text"),
        (Draft(Reason.OFFENSIVE, "\x1b[2J"), "bad_text"),
        (Draft(Reason.OFFENSIVE, "", "eve"), "bad_email"),
        (Draft(Reason.OFFENSIVE, "", "eve@example.org\r\nBcc: all@example.org"), "bad_email"),
    ],
)
def test_invalid_words_are_refused_and_use_up_no_limit(laurel: Laurel, draft: Draft, code: str) -> None:
    with pytest.raises(Refused) as refused:
        submit(laurel, draft=draft)
    assert refused.value.code == code
    assert laurel.session_store.counts == {}


def test_a_credential_that_is_taken_down_or_missing_cannot_be_reported(laurel: Laurel) -> None:
    takedown.set_taken_down(laurel.issuer_context, ID, taken_down=True)
    with pytest.raises(TakenDown):
        submit(laurel)
    with pytest.raises(NotFound):
        submit(laurel, "z" * 26)


def draft(number: int) -> Draft:
    return Draft(Reason.WRONG_PERSON, f"It names person {number}.")


def test_one_network_cannot_report_a_credential_without_end(laurel: Laurel) -> None:
    for number in range(PER_NETWORK_AND_CREDENTIAL.per_client):
        submit(laurel, draft=draft(number))
    for number in range(100, 150):
        with pytest.raises(TooMany):
            submit(laurel, draft=draft(number))
    assert len(laurel.visitor_reports.by_id) == PER_NETWORK_AND_CREDENTIAL.per_client
    submit(laurel, id_of("expired"))  # the refused ones used up nothing else of the network
    submit(laurel, client_address=ELSEWHERE)
    laurel.now += timedelta(days=1)
    submit(laurel)


def test_people_of_a_campus_are_not_locked_out_by_one_who_repeats_a_report(laurel: Laurel) -> None:
    for _ in range(PER_NETWORK.per_client * 2):
        submit(laurel)
    assert len(laurel.visitor_reports.by_id) == submission.SAME.max_count
    for number in range(10):
        submit(laurel, draft=draft(number))
    assert len(laurel.visitor_reports.by_id) == submission.SAME.max_count + 10


def test_a_report_that_was_not_stored_is_not_taken_for_a_repeated_one(
    laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("storage does not respond")

    with monkeypatch.context() as failing:
        failing.setattr(laurel.visitor_reports, "add", fail)
        for _ in range(5):
            with pytest.raises(Unavailable):
                submit(laurel)
    submit(laurel)
    assert len(laurel.visitor_reports.by_id) == 1


def test_the_same_report_from_elsewhere_or_on_another_day_is_stored(laurel: Laurel) -> None:
    for address in (HOME, ELSEWHERE):
        submit(laurel, client_address=address)
    laurel.now += timedelta(days=1)
    submit(laurel)
    assert len(laurel.visitor_reports.by_id) == 3


def to_operator(laurel: Laurel) -> int:
    return sum(task.kind == notices.TO_OPERATOR for task in laurel.tasks.status)


def test_one_network_cannot_use_up_the_emails_of_the_operators(laurel: Laurel) -> None:
    record = laurel.issuer_store.record(ID)
    for number in range(30):
        each = f"{'abcdef'[number % 6]}{'abcdef'[number // 6]}".ljust(26, "2")
        laurel.put(replace(record, id=each))
        submit(laurel, each)
    assert to_operator(laurel) == notices.PER_NETWORK.per_client < notices.PER_DEPLOYMENT.max_count
    assert len(laurel.visitor_reports.by_id) == 30
    submit(laurel, client_address=ELSEWHERE)
    assert to_operator(laurel) == notices.PER_NETWORK.per_client + 1


def test_one_network_cannot_report_every_credential(laurel: Laurel) -> None:
    record = laurel.issuer_store.record(ID)
    ids = [f"{letter}{other}".ljust(26, "2") for letter in "abcdefghijk" for other in "abcdefghijk"]
    for each in ids:
        laurel.put(replace(record, id=each))
    for each in ids[: PER_NETWORK.per_client]:
        submit(laurel, each)
    with pytest.raises(TooMany):
        submit(laurel, ids[-1])
    submit(laurel, ids[-1], client_address=ELSEWHERE)


def test_fewer_than_fifty_networks_lock_no_one_out_of_reporting_a_credential(laurel: Laurel) -> None:
    for network in range(49):
        for number in range(PER_NETWORK_AND_CREDENTIAL.per_client + 2):
            with suppress(TooMany):
                submit(laurel, draft=draft(number), client_address=f"198.51.100.{network}")
    assert len(laurel.visitor_reports.by_id) < PER_CREDENTIAL.max_count
    submit(laurel)


def test_addresses_of_one_ipv6_network_count_together(laurel: Laurel) -> None:
    for host in range(PER_NETWORK_AND_CREDENTIAL.per_client):
        submit(laurel, draft=draft(host), client_address=f"2001:db8::{host}")
    with pytest.raises(TooMany):
        submit(laurel, client_address="2001:db8::ffff")
    submit(laurel, client_address="2001:db8:0:1::1")
