"""What a sweep takes for a trace of a person, and what not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.delivery import mailbox
from chalicelib.dynamo.erasing.traces import Traces, traces_of
from chalicelib.erasure.erasure import Erasure, ErasureTarget, RequestedBy

NOW = datetime(2026, 11, 30, tzinfo=UTC)
EMAIL = "ada@example.org"
ID = "a2b3c4d5e6f7ghijklmnopqrst"


def traces(issuer_id: str | None = None) -> Traces:
    erasure = Erasure(issuer_id, mailbox.digest(EMAIL), EMAIL, None, RequestedBy.HOLDER, NOW, NOW)
    return traces_of([ErasureTarget(erasure, frozenset({ID}))])


@pytest.mark.parametrize(
    "text",
    [EMAIL, f"mailto:{EMAIL}", f"write to {EMAIL}.", f"holder#{EMAIL}", f"/c/{ID}", f'["{ID}"]', mailbox.digest(EMAIL)],
    ids=["email", "link", "sentence", "key", "url", "json", "digest"],
)
def test_values_of_the_person_are_traces(text: str) -> None:
    assert traces().found_in(text, None)


@pytest.mark.parametrize(
    "text",
    ["granada@example.org", "ada@example.org.uk", "x.ada@example.org", "ada@example.organic", f"{ID}2", f"z{ID}", ""],
    ids=["within-name", "longer-domain", "longer-name", "longer-tld", "longer-id", "before-id", "empty"],
)
def test_values_of_others_are_not(text: str) -> None:
    assert not traces().found_in(text, None)


def test_issuer_that_asks_erases_the_address_from_its_own_items_only() -> None:
    assert traces("acme").found_in(EMAIL, "acme")
    assert not traces("acme").found_in(EMAIL, "other")
    assert not traces("acme").found_in(mailbox.digest(EMAIL), "other")
    assert traces("acme").found_in(ID, "other")


def test_address_with_a_tag_does_not_erase_the_mailbox_without_it() -> None:
    tagged = "ada+shop@example.org"
    erasure = Erasure(None, mailbox.digest(tagged), tagged, None, RequestedBy.HOLDER, NOW, NOW)
    found = traces_of([ErasureTarget(erasure, frozenset())])
    assert not found.found_in(mailbox.digest(EMAIL), None)
    assert found.has_recipient(mailbox.digest(EMAIL), None)


def test_nothing_to_look_for_finds_nothing() -> None:
    erasure = Erasure("acme", ID, None, ID, RequestedBy.ISSUER, NOW, NOW)
    assert not traces_of([ErasureTarget(replace(erasure), frozenset())]).found_in(EMAIL, "acme")
