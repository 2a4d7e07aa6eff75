"""Commands for issuers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.issuers import issuer_actions, names
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.delivery.limits.reputation import Counts, Problem, Reputation
from chalicelib.errors import Refused
from tests.cli.conftest import FakeServices, Run

ABOUT = ("--name", "Acme", "--url", "https://acme.example/", "--description", "Makers.")


def test_issuer_is_created_and_listed(run: Run) -> None:
    assert run("issuer", "create", "acme", *ABOUT).code == 0
    result = run("issuer", "list", "--json")
    assert result.rows[0]["did"] == "did:web:localhost%3A8000:issuers:acme"
    assert "did:web:localhost%3A8000:issuers:acme" in run("issuer", "list").out


def test_issuer_may_use_did_key(run: Run) -> None:
    result = run("issuer", "create", "acme", *ABOUT, "--did", "key", "--json")
    assert result.rows[0]["did"] == f"did:key:{result.rows[0]['key']}"


def test_optional_fields_of_an_issuer_are_stored(run: Run, services: FakeServices) -> None:
    run("issuer", "create", "acme", *ABOUT, "--email", "a@acme.example", "--image", "https://acme.example/logo.png")
    issuer = services.issuer_store.issuer("acme")
    assert (issuer.email, issuer.image) == ("a@acme.example", "https://acme.example/logo.png")


def test_duplicate_issuer_is_refused(run: Run, issuer: str) -> None:
    result = run("issuer", "create", issuer, *ABOUT)
    assert result.code == 1
    assert "issuer_exists" in result.err


def test_renaming_a_registered_issuer_registers_the_new_name(run: Run, services: FakeServices, issuer: str) -> None:
    run("issuer", "register", issuer, services.issuer_store.issuer(issuer).name)
    assert run("issuer", "rename", issuer, "Acme Academy", "--json").rows[0]["name"] == "Acme Academy"
    renamed = services.issuer_store.issuer(issuer)
    assert (renamed.name, renamed.registered_as) == ("Acme Academy", "Acme Academy")


def test_key_rotation_shows_the_new_key(run: Run, issuer: str) -> None:
    before = run("issuer", "list", "--json").rows[0]
    after = run("issuer", "rotate-key", issuer, "--json").rows[0]
    assert after["keys"] == 2
    assert after["key"] != before["key"]


def test_an_operator_allows_a_name_that_looks_like_a_registered_one(run: Run, services: FakeServices) -> None:
    run("issuer", "create", "acme", *ABOUT)
    assert run("issuer", "allow-name", "acme-labs", "Acme").code == 0
    names.check(services.issuer_context, "acme-labs", "ACME")
    with pytest.raises(Refused):
        names.check(services.issuer_context, "evil", "ACME")
    assert run("issuer", "allow-name", "Not an id", "Acme").code == 1


def test_an_operator_resumes_the_emails_of_an_issuer(run: Run, services: FakeServices, issuer: str) -> None:
    found = Reputation(issuer, current=Counts(9, 6), reason=Problem.BOUNCED)
    store = services.delivery_context.store
    store.save_reputation(replace(found, paused_at=services.clock()))
    result = run("issuer", "resume-email", issuer)
    assert (result.code, "resumed (9 sent, 6 bounced, 0 reported as spam)" in result.out) == (0, True)
    assert store.reputation(issuer).paused_at is None
    assert "deferred_emails" in [task.kind for task in services.tasks.status]
    assert "not paused" in run("issuer", "resume-email", issuer).out
    assert run("issuer", "resume-email", "nobody").code == 1


def test_registering_names_the_issuers_that_already_have_a_similar_name(run: Run, services: FakeServices) -> None:
    new = NewIssuer("evil", "Аcme", "https://evil.example/", "Makers.")
    issuer_actions.create(services.issuer_context, new)
    issuer_actions.create(services.issuer_context, replace(new, id="acme", name="Acme"))
    result = run("issuer", "register", "acme", "Acme")
    assert result.code == 0
    assert "evil has a similar name: Аcme" in result.err


def test_page_host_is_set_and_removed(run: Run, services: FakeServices, issuer: str) -> None:
    result = run("issuer", "page-host", issuer, "credentials.acme.example", "--json")
    assert (result.code, result.rows[0]["url"]) == (0, "https://credentials.acme.example")
    assert services.issuer_store.issuer(issuer).page_host == "credentials.acme.example"
    assert run("issuer", "page-host", issuer, "localhost").code == 1
    assert run("issuer", "page-host", issuer).code == 2
    assert run("issuer", "page-host", issuer, "--remove").code == 0
    assert services.issuer_store.issuer(issuer).page_host is None
