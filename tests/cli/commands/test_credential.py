"""The commands about credentials."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from tests.cli.conftest import FakeServices, Run


@pytest.fixture
def issued(run: Run, issuer: str, achievement: str) -> str:
    name: str = run("credential", "issue", issuer, achievement, "--name", "Ada", "--json").rows[0]["id"]
    return name


def test_one_holder_is_given_a_credential(run: Run, services: FakeServices, issuer: str, achievement: str) -> None:
    about = ("--name", "Ada", "--email", "ada@example.org", "--did", "did:example:ada", "--jwt")
    ran = run("credential", "issue", issuer, achievement, *about, "--valid-until", "2030-12-31", "--json")
    assert ran.code == 0
    record = services.issuer_store.record(ran.rows[0]["id"])
    document = json.loads(record.document)
    assert ran.rows[0]["url"] == document["id"]
    assert document["validUntil"] == "2030-12-31T23:59:59Z"
    assert document["credentialSubject"]["id"] == "did:example:ada"
    assert record.jwt


def test_evidence_zone_and_letter_are_given_as_a_program_gives_them(
    run: Run, services: FakeServices, issuer: str, achievement: str
) -> None:
    first, second = ("https://work.example/1", "A gate"), ("https://work.example/2", "A wheel", "Of oak.")
    links = ("--evidence", *first, "--evidence", *second)
    about = ("--name", "Ada", "--email", "ada@example.org", "--zone", "Europe/Berlin", "--notify")
    ran = run("credential", "issue", issuer, achievement, *links, *about, "--json")
    assert ran.code == 0
    name = ran.rows[0]["id"]
    said = json.loads(services.issuer_store.record(name).document)["evidence"]
    assert [(each["id"], each["name"], each.get("narrative")) for each in said] == [(*first, None), second]
    recipient = services.issuer_store.recipient(name)
    assert (recipient.zone, recipient.notify) == ("Europe/Berlin", True)
    quiet = run("credential", "issue", issuer, achievement, "--name", "Bo", "--email", "bo@example.org", "--json")
    assert not services.issuer_store.recipient(quiet.rows[0]["id"]).notify

    right = run("credential", "correct", name, "--evidence", *first, "--json").rows[0]["id"]
    assert [each["id"] for each in json.loads(services.issuer_store.record(right).document)["evidence"]] == [first[0]]


@pytest.mark.parametrize(
    ("about", "code", "told"),
    [
        (("--evidence", "https://work.example/1"), 2, "--evidence URL NAME"),
        (("--evidence", "a", "b", "c", "d"), 2, "--evidence URL NAME"),
        (("--evidence", "work", "A gate"), 1, "bad_url"),
        (("--zone", "Nowhere/None"), 1, "bad_zone"),
        (("--name", "\u202eadA"), 1, "bad_text"),
    ],
)
def test_what_cannot_stand_in_a_credential_is_told(
    run: Run, issuer: str, achievement: str, about: tuple[str, ...], code: int, told: str
) -> None:
    ran = run("credential", "issue", issuer, achievement, "--name", "Ada", *about)
    assert (ran.code, told in ran.out + ran.err) == (code, True)


def test_an_issuer_that_is_not_there_is_told_as_such(run: Run, issuer: str, achievement: str) -> None:
    ran = run("credential", "issue", "nobody", achievement, "--name", "Ada")
    assert (ran.code, "issuer" in ran.out, "achievement" in ran.out) == (1, True, False)


def test_a_row_whose_end_is_unclear_names_the_id_to_ask_for(
    run: Run, services: FakeServices, issuer: str, achievement: str
) -> None:
    class Deaf:
        """Stores, and its answer is lost."""

        def __getattr__(self, name: str) -> Any:
            return getattr(issuer_store, name)

        def add_record(self, *issued: Any) -> None:
            issuer_store.add_record(*issued)
            raise Unavailable("Storage did not respond.", code="storage_unavailable")

    issuer_store, services.issuer_store = services.issuer_store, Deaf()
    services.__dict__.pop("issuer_context", None)
    ran = run("credential", "issue", issuer, achievement, "--name", "Ada", "--json")
    assert ran.code == 1
    assert ran.rows[0]["outcome"] == "unclear"
    assert issuer_store.record(ran.rows[0]["id"])


@pytest.mark.parametrize("date", ["tomorrow", "2026-02-30", "2026-1-1", "2026-01-01T00:00:00"])
def test_a_date_that_is_none_is_a_usage_fault(run: Run, issuer: str, achievement: str, date: str) -> None:
    assert run("credential", "issue", issuer, achievement, "--name", "Ada", "--valid-from", date).code == 2


def test_decisions_show_in_the_verdict(run: Run, issued: str) -> None:
    assert run("credential", "show", issued, "--json").rows[0]["verdict"] == "valid"
    for verb, verdict in (("suspend", "suspended"), ("reinstate", "valid"), ("revoke", "revoked")):
        assert run("credential", verb, issued, "--reason", "Because.").code == 0
        shown = run("credential", "show", issued, "--json").rows[0]
        assert (shown["verdict"], shown["reason"]) == (verdict, "Because.")


def test_showing_a_credential_lists_the_ten_checks_in_words(run: Run, issued: str) -> None:
    out = run("credential", "show", issued).out
    assert out.startswith(f"{issued}  valid\n")
    assert len(out.splitlines()) == 12


def test_a_decision_taken_before_says_since_when(run: Run, issued: str) -> None:
    run("credential", "revoke", issued)
    ran = run("credential", "revoke", issued)
    assert ran.code == 0
    assert f"{issued}  already revoked since 2026-11-21 09:30 UTC" in ran.out
    assert run("credential", "revoke", issued, "--json").rows[0]["outcome"] == "unchanged"


def test_several_decisions_go_on_after_one_that_is_refused(run: Run, issued: str) -> None:
    ran = run("credential", "revoke", "nothing", issued, "--json")
    assert ran.code == 1
    assert [row["outcome"] for row in ran.rows] == ["refused", "changed"]
    again = run("credential", "reinstate", issued)
    assert again.code == 1
    assert "revoked_is_final" in again.out


def test_an_issuer_s_credentials_are_listed_without_their_holders(run: Run, issuer: str, issued: str) -> None:
    assert run("credential", "list", issuer, "--json").rows[0]["id"] == issued
    out = run("credential", "list", issuer).out
    assert issued in out
    assert "Ada" not in out


@pytest.mark.parametrize("asked", [("show", "nothing"), ("list", "nobody")])
def test_what_is_not_there_ends_with_1(run: Run, asked: tuple[str, str]) -> None:
    assert run("credential", *asked).code == 1


def test_a_decision_for_one_issuer_leaves_another_s_credential_alone(run: Run, issued: str) -> None:
    run("issuer", "create", "other", "--name", "Other", "--url", "https://other.example/", "--description", "Teaches.")
    ran = run("credential", "revoke", issued, "--issuer", "other", "--json")
    assert (ran.code, ran.rows[0]["code"]) == (1, "not_found")
    assert run("credential", "correct", issued, "--issuer", "other", "--name", "Eve").code == 1
    assert run("credential", "show", issued, "--json").rows[0]["verdict"] == "valid"
    assert run("credential", "revoke", issued, "--issuer", "acme").code == 0


def test_a_corrected_credential_takes_the_place_of_the_wrong_one(run: Run, issued: str) -> None:
    made = run("credential", "correct", issued, "--name", "Ada King", "--reason", "Her name.", "--json").rows[0]
    assert made["supersedes"] == issued
    old = run("credential", "show", issued, "--json").rows[0]
    assert old["verdict"] == "revoked"
    assert made["url"] in old["reason"]
    found = run("credential", "search", "acme", "--name", "king", "--json").rows
    assert [row["id"] for row in found] == [made["id"]]
    again = run("credential", "correct", issued, "--name", "Ada King")
    assert (again.code, "superseded" in again.err) == (1, True)


def test_a_correction_takes_away_what_should_not_be_there(run: Run, issued: str) -> None:
    dated = run("credential", "correct", issued, "--valid-until", "2099-01-01", "--json").rows[0]["id"]
    both = run("credential", "correct", dated, "--valid-until", "2098-01-01", "--without", "valid-until")
    assert (both.code, "not both" in both.err) == (2, True)
    ran = run(
        "credential",
        "correct",
        dated,
        *("--without", "evidence") * 2,
        "--without",
        "valid-until",
        "--without",
        "email",
        "--json",
    )
    assert ran.code == 0
    row = run("credential", "search", "acme", "--state", "active", "--json").rows[0]
    assert (row["id"], row["email"]) == (ran.rows[0]["id"], None)
    again = run("credential", "correct", row["id"], "--without", "valid-until")
    assert (again.code, "nothing_to_correct" in again.err) == (1, True)


def test_a_renewed_credential_leaves_the_old_one_as_it_is(run: Run, issued: str) -> None:
    made = run("credential", "renew", issued, "--valid-until", "2099-01-01", "--json").rows[0]
    assert run("credential", "show", issued, "--json").rows[0]["verdict"] == "valid"
    rows = run("credential", "search", "acme", "--json").rows
    assert {row["id"]: row["superseded_by"] for row in rows} == {made["id"]: None, issued: made["id"]}


def test_who_is_not_found_ends_with_1(run: Run, issuer: str, issued: str) -> None:
    assert run("credential", "search", issuer, "--state", "active").code == 0
    assert run("credential", "search", issuer, "--email", "nobody@example.org").code == 1
