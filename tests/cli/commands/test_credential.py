"""Commands for credentials."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from chalicelib.errors import Unavailable
from tests.cli.conftest import FakeServices, Run


@pytest.fixture
def issued(run: Run, issuer: str, achievement: str) -> str:
    name: str = run("credential", "issue", issuer, achievement, "--name", "Ada", "--json").rows[0]["id"]
    return name


def test_credential_is_issued_to_one_holder(run: Run, services: FakeServices, issuer: str, achievement: str) -> None:
    about = ("--name", "Ada", "--email", "ada@example.org", "--did", "did:example:ada", "--jwt")
    result = run("credential", "issue", issuer, achievement, *about, "--valid-until", "2030-12-31", "--json")
    assert result.code == 0
    record = services.issuer_store.record(result.rows[0]["id"])
    document = json.loads(record.document)
    assert result.rows[0]["url"] == document["id"]
    assert document["validUntil"] == "2030-12-31T23:59:59Z"
    assert document["credentialSubject"]["id"] == "did:example:ada"
    assert record.jwt


def test_evidence_timezone_and_notification_are_stored(
    run: Run, services: FakeServices, issuer: str, achievement: str
) -> None:
    first, second = ("https://work.example/1", "A gate"), ("https://work.example/2", "A wheel", "Of oak.")
    links = ("--evidence", *first, "--evidence", *second)
    about = ("--name", "Ada", "--email", "ada@example.org", "--zone", "Europe/Berlin", "--notify")
    result = run("credential", "issue", issuer, achievement, *links, *about, "--json")
    assert result.code == 0
    name = result.rows[0]["id"]
    evidence = json.loads(services.issuer_store.record(name).document)["evidence"]
    assert [(each["id"], each["name"], each.get("narrative")) for each in evidence] == [(*first, None), second]
    recipient = services.issuer_store.recipient(name)
    assert (recipient.zone, recipient.notify) == ("Europe/Berlin", True)
    silent = run("credential", "issue", issuer, achievement, "--name", "Bo", "--email", "bo@example.org", "--json")
    assert not services.issuer_store.recipient(silent.rows[0]["id"]).notify

    corrected = run("credential", "correct", name, "--evidence", *first, "--json").rows[0]["id"]
    assert [each["id"] for each in json.loads(services.issuer_store.record(corrected).document)["evidence"]] == [
        first[0]
    ]


@pytest.mark.parametrize(
    ("about", "code", "message"),
    [
        (("--evidence", "https://work.example/1"), 2, "--evidence URL NAME"),
        (("--evidence", "a", "b", "c", "d"), 2, "--evidence URL NAME"),
        (("--evidence", "work", "A gate"), 1, "bad_url"),
        (("--zone", "Nowhere/None"), 1, "bad_zone"),
        (("--name", "\u202eadA"), 1, "bad_text"),
    ],
)
def test_invalid_input_is_reported(
    run: Run, issuer: str, achievement: str, about: tuple[str, ...], code: int, message: str
) -> None:
    result = run("credential", "issue", issuer, achievement, "--name", "Ada", *about)
    assert (result.code, message in result.out + result.err) == (code, True)


def test_unknown_issuer_is_reported_as_such(run: Run, issuer: str, achievement: str) -> None:
    result = run("credential", "issue", "nobody", achievement, "--name", "Ada")
    assert (result.code, "issuer" in result.out, "achievement" in result.out) == (1, True, False)


def test_unknown_outcome_is_reported_with_the_credential_id(
    run: Run, services: FakeServices, issuer: str, achievement: str
) -> None:
    class LostResponse:
        """A store that stores the record, but whose response is lost."""

        def __getattr__(self, name: str) -> Any:
            return getattr(issuer_store, name)

        def add_record(self, *issued: Any) -> None:
            issuer_store.add_record(*issued)
            raise Unavailable("Storage did not respond.", code="storage_unavailable")

    issuer_store, services.issuer_store = services.issuer_store, LostResponse()
    services.__dict__.pop("issuer_context", None)
    result = run("credential", "issue", issuer, achievement, "--name", "Ada", "--json")
    assert result.code == 1
    assert result.rows[0]["outcome"] == "unknown"
    assert issuer_store.record(result.rows[0]["id"])


@pytest.mark.parametrize("date", ["tomorrow", "2026-02-30", "2026-1-1", "2026-01-01T00:00:00"])
def test_invalid_date_is_a_usage_error(run: Run, issuer: str, achievement: str, date: str) -> None:
    assert run("credential", "issue", issuer, achievement, "--name", "Ada", "--valid-from", date).code == 2


def test_status_changes_show_in_the_verdict(run: Run, issued: str) -> None:
    assert run("credential", "show", issued, "--json").rows[0]["verdict"] == "valid"
    for verb, verdict in (("suspend", "suspended"), ("reinstate", "valid"), ("revoke", "revoked")):
        assert run("credential", verb, issued, "--reason", "Because.").code == 0
        shown = run("credential", "show", issued, "--json").rows[0]
        assert (shown["verdict"], shown["reason"]) == (verdict, "Because.")


def test_show_lists_the_ten_checks(run: Run, issued: str) -> None:
    out = run("credential", "show", issued).out
    assert out.startswith(f"{issued}  valid\n")
    assert len(out.splitlines()) == 12


def test_repeated_revocation_reports_the_time_of_the_first(run: Run, issued: str) -> None:
    run("credential", "revoke", issued)
    result = run("credential", "revoke", issued)
    assert result.code == 0
    assert f"{issued}  already revoked since 2026-11-21 09:30 UTC" in result.out
    assert run("credential", "revoke", issued, "--json").rows[0]["outcome"] == "unchanged"


def test_refused_status_change_does_not_stop_the_others(run: Run, issued: str) -> None:
    result = run("credential", "revoke", "nothing", issued, "--json")
    assert result.code == 1
    assert [row["outcome"] for row in result.rows] == ["refused", "changed"]
    repeated = run("credential", "reinstate", issued)
    assert repeated.code == 1
    assert "revoked_is_final" in repeated.out


def test_list_shows_holders_and_titles(
    run: Run, services: FakeServices, issuer: str, issued: str, achievement: str
) -> None:
    title = services.issuer_store.achievement(issuer, achievement).name
    [row] = run("credential", "list", issuer, "--json").rows
    assert (row["id"], row["holder"], row["achievement"], row["title"]) == (issued, "Ada", achievement, title)
    header, line = run("credential", "list", issuer).out.splitlines()
    assert header.split() == ["Id", "Issued", "State", "Holder", "Title"]
    assert line.split()[:1] == [issued]
    assert line.endswith(f"Ada     {title}")


def test_list_reads_the_titles_once(run: Run, services: FakeServices, issuer: str, achievement: str) -> None:
    for name in ("Ada", "Bo", "Cy"):
        run("credential", "issue", issuer, achievement, "--name", name)

    class CountingStore:
        """The issuer store; counts reads of single achievements and of all."""

        reads: ClassVar[list[str]] = []

        def __getattr__(self, name: str) -> Any:
            if name.startswith("achievement"):
                self.reads.append(name)
            return getattr(issuer_store, name)

    issuer_store, services.issuer_store = services.issuer_store, CountingStore()
    assert len(run("credential", "list", issuer, "--json").rows) == 3
    assert CountingStore.reads == ["achievements"]


def test_list_without_credentials_says_so(run: Run, issuer: str) -> None:
    result = run("credential", "list", issuer)
    assert (result.code, result.out, result.err) == (0, "", "No credentials yet.\n")


@pytest.mark.parametrize("arguments", [("show", "nothing"), ("list", "nobody")])
def test_unknown_id_exits_with_1(run: Run, arguments: tuple[str, str]) -> None:
    assert run("credential", *arguments).code == 1


def test_issuer_option_protects_credentials_of_other_issuers(run: Run, issued: str) -> None:
    run("issuer", "create", "other", "--name", "Other", "--url", "https://other.example/", "--description", "Teaches.")
    result = run("credential", "revoke", issued, "--issuer", "other", "--json")
    assert (result.code, result.rows[0]["code"]) == (1, "not_found")
    assert run("credential", "correct", issued, "--issuer", "other", "--name", "Eve").code == 1
    assert run("credential", "show", issued, "--json").rows[0]["verdict"] == "valid"
    assert run("credential", "revoke", issued, "--issuer", "acme").code == 0


def test_correction_replaces_the_credential(run: Run, issued: str) -> None:
    replacement = run("credential", "correct", issued, "--name", "Ada King", "--reason", "Her name.", "--json").rows[0]
    assert replacement["supersedes"] == issued
    old = run("credential", "show", issued, "--json").rows[0]
    assert old["verdict"] == "revoked"
    assert (old["reason"], old["replaced_by"]) == ("Her name.", replacement["url"])
    assert f"corrected: replaced by {replacement['url']}" in run("credential", "show", issued).out
    found = run("credential", "search", "acme", "--name", "king", "--json").rows
    assert [row["id"] for row in found] == [replacement["id"]]
    repeated = run("credential", "correct", issued, "--name", "Ada King")
    assert (repeated.code, "superseded" in repeated.err) == (1, True)


def test_correction_removes_fields(run: Run, issued: str) -> None:
    dated = run("credential", "correct", issued, "--valid-until", "2099-01-01", "--json").rows[0]["id"]
    both = run("credential", "correct", dated, "--valid-until", "2098-01-01", "--without", "valid-until")
    assert (both.code, "not both" in both.err) == (2, True)
    result = run(
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
    assert result.code == 0
    row = run("credential", "search", "acme", "--state", "active", "--json").rows[0]
    assert (row["id"], row["email"]) == (result.rows[0]["id"], None)
    repeated = run("credential", "correct", row["id"], "--without", "valid-until")
    assert (repeated.code, "nothing_to_correct" in repeated.err) == (1, True)


def test_renewal_leaves_the_old_credential_unchanged(run: Run, issued: str) -> None:
    replacement = run("credential", "renew", issued, "--valid-until", "2099-01-01", "--json").rows[0]
    assert run("credential", "show", issued, "--json").rows[0]["verdict"] == "valid"
    rows = run("credential", "search", "acme", "--json").rows
    assert {row["id"]: row["superseded_by"] for row in rows} == {replacement["id"]: None, issued: replacement["id"]}


def test_search_without_results_exits_with_1(run: Run, issuer: str, issued: str) -> None:
    assert run("credential", "search", issuer, "--state", "active").code == 0
    assert run("credential", "search", issuer, "--email", "nobody@example.org").code == 1


def test_a_page_is_taken_down_and_shown_again(run: Run, services: FakeServices, issued: str) -> None:
    assert run("credential", "takedown", issued, "--json").rows[0] == {"id": issued, "taken_down": True}
    assert services.issuer_store.record(issued).taken_down is not None
    assert run("credential", "takedown", issued, "--undo", "--json").rows[0] == {"id": issued, "taken_down": False}
    assert services.issuer_store.record(issued).taken_down is None
