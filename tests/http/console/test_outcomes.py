"""The page for outcomes."""

from __future__ import annotations

import pytest

from chalicelib.award.daily_limits import Limit
from chalicelib.outcomes import comparing
from tests.http.console.conftest import send
from tests.http.fake_laurel import Laurel
from tests.http.signed_in import Browser

HERE = "/console/fernhill/outcomes"
HEAD = "name,unit,date,value,email"


def test_file_is_imported_and_compared(editor: Browser, laurel: Laurel) -> None:
    lines = "\n".join(f"hired,yes/no,2026-11-20,yes,p{number}@example.org" for number in range(3))
    reply = send(editor, HERE, {}, file=f"{HEAD}\n{lines}".encode())
    assert reply.headers["location"].endswith("did=outcomes_imported")
    assert len(laurel.outcome_store.values) == 3
    page = editor.get(f"{HERE}?name=hired").text
    assert "Each group needs at least 10 people." in page
    assert "Association does not prove causation" in page


def test_errors_name_the_row_and_keep_the_text(editor: Browser, laurel: Laurel) -> None:
    reply = editor.post(HERE, {"rows": f"{HEAD}\nhired,yes/no,2026-11-20,maybe,p@example.org"})
    assert reply.status == 422
    assert "Row 2, value: This must be yes or no." in reply.text
    assert "maybe" in reply.text
    assert not laurel.outcome_store.values


def test_viewer_sees_comparisons_only(viewer: Browser) -> None:
    page = viewer.get(HERE).text
    assert "Import outcomes</" not in page
    assert "No outcomes yet" in page


def test_owner_deletes_a_name(owner: Browser, laurel: Laurel) -> None:
    owner.post(HERE, {"rows": f"{HEAD}\nhired,yes/no,2026-11-20,no,p@example.org"})
    assert "Delete hired" in owner.get(HERE).text
    owner.post(f"{HERE}/delete", {"name": "hired"})
    assert not laurel.outcome_store.values


def test_only_an_owner_compares_the_holders_of_one_achievement(
    viewer: Browser, editor: Browser, owner: Browser
) -> None:
    editor.post(HERE, {"rows": f"{HEAD}\nhired,yes/no,2026-11-20,no,p@example.org"})
    for browser, allowed in ((viewer, False), (editor, False), (owner, True)):
        assert ("Holders of" in browser.get(f"{HERE}?name=hired").text) is allowed
        for path in (HERE, f"{HERE}/comparison.csv"):
            assert browser.get(f"{path}?name=hired").status == 200
            assert browser.get(f"{path}?name=hired&achievement=a").status == (200 if allowed else 403)


def test_page_says_that_the_comparisons_of_a_day_are_used_up(owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.post(HERE, {"rows": f"{HEAD}\nhired,yes/no,2026-11-20,no,p@example.org"})
    monkeypatch.setattr(comparing, "COMPARISONS", Limit("few-comparisons", "compare outcomes {:,} times", 1, 1))
    assert owner.get(f"{HERE}?name=hired").status == 200
    page = owner.get(f"{HERE}?name=hired")
    assert "can compare outcomes 1 times a day" in page.text
    assert "Import outcomes</" in page.text
    assert owner.get(f"{HERE}/comparison.csv?name=hired").status == 429
