"""Contacts of an issuer as CSV for a CRM."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.award import contacts
from chalicelib.award.contacts import COLUMNS, Crm
from chalicelib.award.issuing.search import Place, Row
from chalicelib.credential.record import State

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NAMES = {"welding": "Welding", "care": "Care"}
ROW = Row("a" * 26, "north", NOW, "welding", "Ada Maria Nwosu", State.ACTIVE, "ada@example.org")


def table(crm: Crm, *rows: Row, names: dict[str, str] | None = None) -> list[dict[str, str]]:
    found = contacts.contacts(rows)
    text = "".join(contacts.lines(crm, found, names or NAMES, "https://l.example", NOW))
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("crm", Crm)
def test_a_person_is_one_row_with_their_newest_credential_and_the_names_of_all(crm: Crm) -> None:
    older = replace(
        ROW, credential_id="b" * 26, achievement_id="care", issued_at=NOW - timedelta(days=9), email="ADA@example.org"
    )
    (row,) = table(crm, replace(ROW, valid_until=NOW + timedelta(days=365)), older)
    assert list(row) == list(COLUMNS[crm])
    assert list(row.values()) == [
        "Ada Maria", "Nwosu", "ada@example.org", "2", "Welding", f"https://l.example/c/{'a' * 26}", "2026-11-22",
        "2027-11-22", "Valid", "Welding; Care",
    ]  # fmt: skip


def test_people_without_an_address_or_with_only_revoked_or_replaced_credentials_are_left_out() -> None:
    assert (
        table(
            Crm.HUBSPOT,
            replace(ROW, email=None),
            replace(ROW, state=State.REVOKED),
            replace(ROW, superseded_by="c" * 26),
        )
        == []
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "Valid"),
        ({"valid_until": NOW}, "Expired"),
        ({"valid_until": NOW + timedelta(seconds=1)}, "Valid"),
        ({"state": State.SUSPENDED}, "Suspended"),
    ],
    ids=["valid", "expired", "today", "suspended"],
)
def test_the_status_is_that_of_the_newest_credential(changes: dict[str, object], status: str) -> None:
    (row,) = table(Crm.HUBSPOT, replace(ROW, **changes))  # type: ignore[arg-type]
    assert row["Laurel Status"] == status


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("Ada", "", "Ada"), ("Ada Nwosu", "Ada", "Nwosu"), (" Ada  Maria Nwosu ", "Ada  Maria", "Nwosu")],
    ids=["one", "two", "three"],
)
def test_a_last_name_is_never_empty(name: str, first: str, last: str) -> None:
    assert contacts.split_name(name) == (first, last)


def test_no_cell_is_a_formula() -> None:
    evil = replace(ROW, holder_name="=cmd|' /C calc'!A0 @SUM(1)", email="+1@example.org")
    (row,) = table(Crm.SALESFORCE, evil, names={"welding": "-1+1; =HYPERLINK(1)"})
    for cell in row.values():
        assert not cell.startswith(("=", "+", "-", "@"))
    assert "; =" not in row["Laurel_All_Credentials__c"]


def test_all_rows_are_read_page_by_page_up_to_the_limit() -> None:
    rows = [replace(ROW, credential_id=f"{n:026}", issued_at=NOW - timedelta(minutes=n)) for n in range(1_250)]

    class Lists:
        def rows(self, _issuer_id: str, after: Place | None, limit: int) -> list[Row]:
            return [row for row in rows if after is None or row.place < after][:limit]

    assert list(contacts.rows_of(Lists(), "north")) == rows
    assert list(contacts.rows_of(Lists(), "north", 700)) == rows[:700]
    assert list(contacts.rows_of(Lists(), "north", 1_250)) == rows
