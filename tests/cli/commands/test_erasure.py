"""Commands for erasing people's data. What they erase is tested in `tests/crash`."""

from __future__ import annotations

from chalicelib.delivery.emails.parts.email_content import Kind
from tests.cli.conftest import FakeServices, Run

EMAIL = "grace@example.org"


def test_erasure_is_asked_for_listed_and_cancelled(run: Run, services: FakeServices) -> None:
    asked = run("erasure", "request", "Grace@example.org", "--confirm", "Grace@example.org", "--json")
    assert (asked.code, asked.rows[0]["person"], asked.rows[0]["issuer"]) == (0, EMAIL, None)
    (row,) = run("erasure", "list", "--json").rows
    assert (row["requested_by"], row["state"], row["due"]) == ("operator", "waiting", asked.rows[0]["due"])
    assert run("erasure", "cancel", EMAIL).code == 0
    assert run("erasure", "list", "--json").rows == []


def test_person_is_emailed_with_a_link_that_cancels(run: Run, services: FakeServices) -> None:
    run("erasure", "request", EMAIL, "--confirm", EMAIL)
    (email,) = services.delivery_context.mailer().sent  # type: ignore[attr-defined]
    assert (email.kind, email.to) == (Kind.ERASURE, EMAIL)
    assert "/mail/erasure/" in email.main.url


def test_person_must_be_confirmed(run: Run, services: FakeServices) -> None:
    assert run("erasure", "request", EMAIL, "--confirm", "other@example.org").code == 2
    assert list(services.erasure_context.store.erasures()) == []


def test_credential_needs_its_issuer(run: Run) -> None:
    assert run("erasure", "request", "a" * 26, "--confirm", "a" * 26).code == 2


def test_check_needs_something_to_search_for(run: Run) -> None:
    assert run("erasure", "check").code == 2
