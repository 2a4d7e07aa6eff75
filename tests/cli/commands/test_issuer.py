"""The commands about issuers."""

from __future__ import annotations

from tests.cli.conftest import FakeServices, Run

ABOUT = ("--name", "Acme", "--url", "https://acme.example/", "--description", "Makers.")


def test_an_issuer_is_added_and_listed(run: Run) -> None:
    assert run("issuer", "create", "acme", *ABOUT).code == 0
    ran = run("issuer", "list", "--json")
    assert ran.rows[0]["did"] == "did:web:localhost%3A8000:issuers:acme"
    assert "did:web:localhost%3A8000:issuers:acme" in run("issuer", "list").out


def test_an_issuer_may_be_named_by_its_key(run: Run) -> None:
    ran = run("issuer", "create", "acme", *ABOUT, "--did", "key", "--json")
    assert ran.rows[0]["did"] == f"did:key:{ran.rows[0]['key']}"


def test_all_that_is_said_of_an_issuer_is_kept(run: Run, services: FakeServices) -> None:
    run("issuer", "create", "acme", *ABOUT, "--email", "a@acme.example", "--image", "https://acme.example/logo.png")
    issuer = services.issuer_store.issuer("acme")
    assert (issuer.email, issuer.image) == ("a@acme.example", "https://acme.example/logo.png")


def test_the_same_issuer_twice_is_refused(run: Run, issuer: str) -> None:
    ran = run("issuer", "create", issuer, *ABOUT)
    assert ran.code == 1
    assert "issuer_exists" in ran.err


def test_a_rotation_shows_the_new_key(run: Run, issuer: str) -> None:
    before = run("issuer", "list", "--json").rows[0]
    after = run("issuer", "rotate-key", issuer, "--json").rows[0]
    assert after["keys"] == 2
    assert after["key"] != before["key"]
