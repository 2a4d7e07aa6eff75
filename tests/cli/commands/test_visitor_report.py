"""Commands for reports by visitors."""

from __future__ import annotations

import pytest

from tests.cli.conftest import FakeServices, Run
from tests.contract.test_visitor_reports import sample_report


@pytest.fixture
def reported(services: FakeServices) -> list[str]:
    """Reports to two issuers; their ids, oldest first."""
    made = [sample_report(number, issuer_id) for number, issuer_id in enumerate(("north", "south"))]
    for each in made:
        services.visitor_reports.add(each, ())
    return [each.id for each in made]


def listed(run: Run, *arguments: str) -> list[str]:
    return [row["id"] for row in run("visitor-report", "list", *arguments, "--json").rows]


def test_reports_are_listed_newest_first_and_filtered(run: Run, reported: list[str]) -> None:
    assert listed(run) == reported[::-1]
    assert listed(run, "--issuer", "north") == reported[:1]
    assert listed(run, "--credential", f"https://laurel.example/c/{'c' * 26}") == reported[::-1]
    assert listed(run, "--state", "closed") == []
    assert "eve@example.org" in run("visitor-report", "list").out


def test_reports_are_closed_and_reopened(run: Run, reported: list[str]) -> None:
    result = run("visitor-report", "close", reported[0], "x", "--json")
    assert (result.code, [row["outcome"] for row in result.rows]) == (1, ["changed", "refused"])
    assert listed(run) == reported[1:]
    assert run("visitor-report", "reopen", reported[0]).code == 0
    assert listed(run) == reported[::-1]
