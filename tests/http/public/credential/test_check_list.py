"""The checks on the page of a credential: folded into one line, except those that need attention."""

from __future__ import annotations

import pytest

from chalicelib.http.public.credential.check_list import CheckList, check_list
from tests.http.fake_laurel import Laurel, id_of


def listed(laurel: Laurel, kind: str) -> CheckList:
    return check_list(laurel.hosted_reports.open(id_of(kind), None).report)


@pytest.mark.parametrize(
    ("kind", "summary", "attention"),
    [
        ("valid", "8 checks passed, 1 not checked, 1 not needed", []),
        ("revoked", "7 checks passed, 1 failed, 1 not checked, 1 not needed", [7]),
        ("unreachable_status", "7 checks passed, 1 unknown, 1 not checked, 1 not needed", [7]),
        ("tampered", "3 checks passed, 1 failed, 6 not checked", [4]),
    ],
)
def test_checks_fold_into_one_line_except_failed_and_unknown_ones(
    laurel: Laurel, kind: str, summary: str, attention: list[int]
) -> None:
    found = listed(laurel, kind)
    assert found.summary == summary
    assert [row.number for row in found.attention] == attention


def test_checks_that_were_not_made_are_named_once(laurel: Laurel) -> None:
    found = listed(laurel, "tampered")
    assert found.unreached is not None
    assert found.unreached.checks == "Checks 5 to 10"
    assert found.unreached.reason == "Not checked, because check 4 (proof) did not pass."
    assert [row.number for row in (*found.attention, *found.settled)] == [4, 1, 2, 3]


def test_issuer_check_says_that_the_registry_was_read(laurel: Laurel) -> None:
    sources = {row.number: row.source for row in listed(laurel, "valid").settled}
    assert sources[8] == "For this check, Laurel read the issuer’s entry in that registry."
    assert sources[1] == "This check needs only the credential itself."
    assert sources[9] is None
