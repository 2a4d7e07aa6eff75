"""Reports by visitors: what is stored, and what strangers cannot do with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.access.rate_limits import TooMany
from chalicelib.award.issuing import takedown
from chalicelib.errors import NotFound, Refused, TakenDown
from chalicelib.moderation import notices, submission
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


def test_one_network_cannot_repeat_a_report_without_end(laurel: Laurel) -> None:
    for _ in range(PER_NETWORK_AND_CREDENTIAL.per_client):
        submit(laurel)
    for _ in range(50):
        with pytest.raises(TooMany):
            submit(laurel)
    assert len(laurel.visitor_reports.by_id) == PER_NETWORK_AND_CREDENTIAL.per_client
    submit(laurel, id_of("expired"))  # repeating it used up nothing else of the network
    submit(laurel, client_address=ELSEWHERE)
    laurel.now += timedelta(days=1)
    submit(laurel)


def test_one_network_cannot_report_every_credential(laurel: Laurel) -> None:
    record = laurel.issuer_store.record(ID)
    ids = [f"{letter}{other}".ljust(26, "2") for letter in "abcdef" for other in "abcdef"]
    for each in ids:
        laurel.put(replace(record, id=each))
    for each in ids[: PER_NETWORK.per_client]:
        submit(laurel, each)
    with pytest.raises(TooMany):
        submit(laurel, ids[-1])
    submit(laurel, ids[-1], client_address=ELSEWHERE)


def test_fewer_than_sixty_networks_lock_no_one_out_of_reporting_a_credential(laurel: Laurel) -> None:
    for network in range(60):
        for _ in range(5):
            try:
                submit(laurel, client_address=f"198.51.100.{network}")
            except TooMany:
                continue
    assert len(laurel.visitor_reports.by_id) < PER_CREDENTIAL.max_count
    submit(laurel)


def test_addresses_of_one_ipv6_network_count_together(laurel: Laurel) -> None:
    for host in range(PER_NETWORK_AND_CREDENTIAL.per_client):
        submit(laurel, client_address=f"2001:db8::{host}")
    with pytest.raises(TooMany):
        submit(laurel, client_address="2001:db8::ffff")
    submit(laurel, client_address="2001:db8:0:1::1")
