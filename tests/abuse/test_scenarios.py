"""The attacks of `make abuse`: each fails, and what it comes to is what decision 20 documents."""

from __future__ import annotations

import json

import pytest

from abuse import __main__ as command
from abuse.result import Result
from abuse.scenarios import (
    SCENARIOS,
    deferred_emails,
    event_flood,
    holder_flood,
    impostor_emails,
    many_issuers,
    message_flood,
    sign_in_flood,
    slow_credentials,
)
from chalicelib.award.keys.new_key import KEYS_PER_DOMAIN
from chalicelib.http.console.home import ISSUERS_PER_NETWORK


@pytest.mark.slow
def test_slow_credentials_of_one_network_lock_no_one_out() -> None:
    result = slow_credentials.run()
    assert result.withstood
    assert result.locked_out == ()
    assert result.details["workers_held_at_most"] <= slow_credentials.WORKERS / 2
    assert result.cost_usd < 0.10


@pytest.mark.slow
def test_a_flood_of_sign_in_requests_locks_no_one_out_and_floods_no_mailbox() -> None:
    result = sign_in_flood.run()
    assert result.withstood
    assert result.details["mailbox_an_hour"] == 24
    assert result.details["made_up_an_hour_per_client"] == 30
    assert result.details["made_up_an_hour_per_48"] == 60
    assert result.details["made_up_an_hour_per_32"] == 300
    assert result.details["made_up_a_day_from_3000_networks"] == 20 + 200, "all of them bounce"
    assert result.details["minutes_until_an_attacked_new_person_gets_one"] <= 15


@pytest.mark.slow
def test_impostors_send_few_emails_without_words_of_their_own_and_bounces_pause_them() -> None:
    result = impostor_emails.run()
    assert result.withstood
    assert result.sent == 50
    assert result.details["emails_of_one_issuer"] == 20
    assert result.details["look_alike_names_refused"] == len(impostor_emails.LOOK_ALIKES)
    assert result.details["emails_with_words_of_the_issuer"] == 0
    assert result.details["bounces_until_paused"] == 5
    assert result.details["emails_on_the_next_day_while_paused"] == 0


@pytest.mark.slow
def test_many_issuers_of_one_network_create_no_key_without_proof_and_five_with_one_domain() -> None:
    result = many_issuers.run()
    assert result.withstood
    assert result.details["issuers"] == ISSUERS_PER_NETWORK.per_site
    assert result.details["keys_of_unproven_issuers"] == 0
    assert result.details["keys_of_issuers_with_a_domain"] == KEYS_PER_DOMAIN


@pytest.mark.slow
def test_a_flood_of_credentials_hides_no_other_issuer_from_the_holder() -> None:
    result = holder_flood.run()
    assert result.withstood
    assert result.sent == 10
    assert result.details["shown_of_the_flood"] == 5
    assert result.details["reads_of_the_page"] <= 50


@pytest.mark.slow
def test_deferred_emails_cost_writes_only_for_those_that_leave() -> None:
    result = deferred_emails.run()
    assert result.withstood
    assert result.sent == 20
    assert result.details["writes_a_day"] <= 70


@pytest.mark.slow
def test_a_flood_of_messages_reaches_each_holder_few_times_and_no_more_once_it_is_reported() -> None:
    result = message_flood.run()
    assert result.withstood
    assert result.details["messages_of_one_domain_to_one_holder"] == 3
    assert result.details["messages_to_one_holder"] == 10
    assert result.details["links_to_strangers"] == 20
    assert result.details["links_with_words_of_the_sender"] == 0
    assert result.details["holders_who_reported"] == message_flood.HOLDERS
    assert result.details["messages_of_the_domain_after_that"] == 0
    assert result.cost_usd < 0.10


def test_unknown_scenario_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["no-such-attack"]) == 2
    assert "slow-credentials" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("locked_out", "within_budget", "code"), [((), True, 0), (("everyone",), True, 1), ((), False, 1)]
)
def test_one_line_for_each_scenario_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    locked_out: tuple[str, ...],
    within_budget: bool,
    code: int,
) -> None:
    for name in SCENARIOS:
        result = Result(name, 10, 0.5, locked_out, within_budget=within_budget)
        monkeypatch.setitem(SCENARIOS, name, lambda result=result: result)  # type: ignore[misc,arg-type]
    assert command.main([]) == code
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["scenario"] for line in lines] == list(SCENARIOS)
    assert {line["withstood"] for line in lines} == {code == 0}


@pytest.mark.slow
def test_a_flood_of_false_events_locks_no_one_out_and_has_a_bounded_price() -> None:
    result = event_flood.run()
    assert result.withstood
    assert result.details["stored"] == 60
    assert result.details["passed_the_gateway"] < 1000
    assert result.details["usd_of_a_month_at_the_limit"] < event_flood.BUDGET_USD
