"""The commands about credentials."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from tests.cli.conftest import FakeServices, Run


@pytest.fixture
def issued(run: Run, issuer: str, achievement: str) -> str:
    name: str = run("credential", "issue", issuer, achievement, "--name", "Ada", "--json").rows[0]["id"]
    return name


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "holders.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_one_holder_is_given_a_credential(run: Run, services: FakeServices, issuer: str, achievement: str) -> None:
    about = ("--name", "Ada", "--email", "ada@example.org", "--did", "did:example:ada", "--jwt")
    ran = run("credential", "issue", issuer, achievement, *about, "--valid-until", "2030-12-31", "--json")
    assert ran.code == 0
    record = services.ledger.record(ran.rows[0]["id"])
    document = json.loads(record.document)
    assert ran.rows[0]["url"] == document["id"]
    assert document["validUntil"] == "2030-12-31T23:59:59Z"
    assert document["credentialSubject"]["id"] == "did:example:ada"
    assert record.jwt


def test_a_file_of_holders_is_issued_row_by_row(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    rows = "name,email,valid_from\nAda,ada@example.org,2026-01-01\n陈美,,2026-01-01T12:00:00+02:00\n"
    ran = run("credential", "issue", issuer, achievement, "--holders", file(tmp_path, rows), "--json")
    assert ran.code == 0
    assert [(row["line"], row["holder"], row["outcome"]) for row in ran.rows] == [
        (2, "Ada", "issued"),
        (3, "陈美", "issued"),
    ]
    starts = [json.loads(services.ledger.record(row["id"]).document)["validFrom"] for row in ran.rows]
    assert starts == ["2026-01-01T00:00:00Z", "2026-01-01T10:00:00Z"]
    assert "2 issued, 0 not" in ran.err


def test_a_row_that_is_refused_does_not_stop_the_others_and_the_exit_code_says_so(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    path = file(tmp_path, "name,email\nAda,\nBob,nonsense\nCarl,carl@example.org\n")
    ran = run("credential", "issue", issuer, achievement, "--holders", path)
    assert ran.code == 1
    assert "line 3: refused  Bob" in ran.out
    assert "bad_email" in ran.out
    assert "2 issued, 1 not" in ran.err
    assert len(list(services.ledger.records(issuer))) == 2


def test_a_row_whose_end_is_unclear_names_the_id_to_ask_for(
    run: Run, services: FakeServices, issuer: str, achievement: str
) -> None:
    class Deaf:
        """Stores, and its answer is lost."""

        def __getattr__(self, name: str) -> Any:
            return getattr(ledger, name)

        def add_record(self, *issued: Any) -> None:
            ledger.add_record(*issued)
            raise Unavailable("Storage did not answer.", code="storage_unavailable")

    ledger, services.ledger = services.ledger, Deaf()
    services.__dict__.pop("awarding", None)
    ran = run("credential", "issue", issuer, achievement, "--name", "Ada", "--json")
    assert ran.code == 1
    assert ran.rows[0]["outcome"] == "unclear"
    assert ledger.record(ran.rows[0]["id"])


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("csv_columns", ""),
        ("csv_columns", "email\nada@example.org\n"),
        ("csv_columns", "name,phone\nAda,1\n"),
        ("csv_columns", "name,name\nAda,Bob\n"),
        ("csv_fields", "name,email\nAda\n"),
        ("csv_fields", "name,email\nAda,a@example.org,more\n"),
        ("csv_date", "name,valid_from\nAda,yesterday\n"),
        ("csv_unreadable", 'name\n"Ada" Lovelace"\n'),
    ],
)
def test_a_file_that_cannot_be_used_issues_nothing(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path, code: str, text: str
) -> None:
    ran = run("credential", "issue", issuer, achievement, "--holders", file(tmp_path, text))
    assert ran.code == 2
    assert code in ran.err
    assert list(services.ledger.records(issuer)) == []


def test_a_file_in_another_encoding_is_told(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    path = tmp_path / "holders.csv"
    path.write_bytes("name\nBjörn\n".encode("latin-1"))
    ran = run("credential", "issue", issuer, achievement, "--holders", path)
    assert (ran.code, "csv_unreadable" in ran.err) == (2, True)


def test_a_file_that_is_not_there_is_told(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    assert run("credential", "issue", issuer, achievement, "--holders", tmp_path / "none.csv").code == 2


def test_a_spreadsheet_s_byte_order_mark_is_no_part_of_the_first_column(
    run: Run, issuer: str, achievement: str, tmp_path: Path
) -> None:
    path = file(tmp_path, "\ufeffname\r\nAda\r\n")
    assert run("credential", "issue", issuer, achievement, "--holders", path).code == 0


def test_an_empty_file_of_holders_is_all_done(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    assert run("credential", "issue", issuer, achievement, "--holders", file(tmp_path, "name\n")).code == 0


def test_an_address_beside_a_file_is_a_usage_fault(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    path = file(tmp_path, "name\nAda\n")
    ran = run("credential", "issue", issuer, achievement, "--holders", path, "--email", "a@example.org")
    assert ran.code == 2


def test_a_wrong_achievement_is_told_once(run: Run, issuer: str, tmp_path: Path) -> None:
    ran = run("credential", "issue", issuer, "nothing", "--holders", file(tmp_path, "name\nAda\nBob\n"))
    assert (ran.code, ran.out) == (1, "")


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
    assert f"{issued}  revoked already, since 2026-11-21 09:30 UTC" in ran.out
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
    run("issuer", "add", "other", "--name", "Other", "--url", "https://other.example/", "--description", "Teaches.")
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
    found = run("credential", "find", "acme", "--name", "king", "--json").rows
    assert [row["id"] for row in found] == [made["id"]]
    again = run("credential", "correct", issued, "--name", "Ada King")
    assert (again.code, "superseded" in again.err) == (1, True)


def test_a_renewed_credential_leaves_the_old_one_as_it_is(run: Run, issued: str) -> None:
    made = run("credential", "renew", issued, "--valid-until", "2099-01-01", "--json").rows[0]
    assert run("credential", "show", issued, "--json").rows[0]["verdict"] == "valid"
    rows = run("credential", "find", "acme", "--json").rows
    assert {row["id"]: row["superseded_by"] for row in rows} == {made["id"]: None, issued: made["id"]}


def test_who_is_not_found_ends_with_1(run: Run, issuer: str, issued: str) -> None:
    assert run("credential", "find", issuer, "--state", "active").code == 0
    assert run("credential", "find", issuer, "--email", "nobody@example.org").code == 1
