"""Dates near both ends of the calendar as arguments and in files: an error message or a result, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.http.test_extreme_dates import DAYS

MOMENTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z")


@pytest.mark.parametrize("date", [*DAYS, *MOMENTS])
def test_dates_near_both_ends_are_an_error_message_or_a_result(
    run: Run, issuer: str, achievement: str, tmp_path: Path, date: str
) -> None:
    for arguments in (("--valid-from", date), ("--valid-until", date), ("--valid-from", date, "--jwt")):
        issued = run("credential", "issue", issuer, achievement, "--name", "Ada", *arguments, "--json")
        assert issued.code in (0, 1, 2)
        if issued.code == 0:
            name = json.loads(issued.out)["id"]
            assert run("credential", "show", name).code in (0, 1)
            for replacement in (("renew", name, "--valid-until", date), ("correct", name, "--valid-from", date)):
                assert run("credential", *replacement).code in (0, 1, 2)
    rows = tmp_path / "rows.csv"
    rows.write_text(f"name,valid_from,valid_until\nAda,{date},\nBo,,{date}\nCy,{date},{date}\n")
    for arguments in (("--dry-run",), ("--allow", "row_errors"), ("--valid-from", date), ("--valid-until", date)):
        assert run("job", "run", issuer, achievement, rows, *arguments).code in (0, 1, 2)
