"""Commands for mailboxes."""

from __future__ import annotations

from chalicelib.delivery import mailbox
from chalicelib.delivery.mailbox import RETRY_AFTER, Mailbox
from tests.cli.conftest import FakeServices, Run

EMAIL = "grace@example.org"


def stored(services: FakeServices) -> Mailbox:
    found: Mailbox = services.delivery_context.mailbox(EMAIL)
    return found


def test_an_unknown_address_is_open(run: Run) -> None:
    (row,) = run("mailbox", "show", EMAIL, "--json").rows
    assert (row["email"], row["state"], row["bounces"], row["retry_at"]) == (EMAIL, "open", 0, None)


def test_a_bounced_address_is_shown_with_its_retry_and_reopened(run: Run, services: FakeServices) -> None:
    context, at = services.delivery_context, services.clock()
    context.change_mailbox(mailbox.digest(EMAIL), lambda one: mailbox.bounced(one, at))
    (row,) = run("mailbox", "show", "Grace@Example.org", "--json").rows
    assert (row["state"], row["bounces"]) == ("blocked", 1)
    assert row["retry_at"] == f"{at + RETRY_AFTER:%Y-%m-%dT%H:%M:%SZ}"
    assert "state: blocked" in run("mailbox", "show", EMAIL).out

    result = run("mailbox", "reopen", EMAIL, "--json")
    assert (result.code, result.rows[0]["state"], result.rows[0]["bounced_at"]) == (0, "open", None)
    assert not mailbox.is_blocked(stored(services), at)


def test_a_second_bounce_has_no_retry(run: Run, services: FakeServices) -> None:
    context, at = services.delivery_context, services.clock()
    for when in (at - RETRY_AFTER, at):
        context.change_mailbox(mailbox.digest(EMAIL), lambda one, when=when: mailbox.bounced(one, when))
    (row,) = run("mailbox", "show", EMAIL, "--json").rows
    assert (row["state"], row["bounces"], row["retry_at"]) == ("blocked", 2, None)
