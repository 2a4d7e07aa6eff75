"""The dashboard: figures of the chosen period, its filters, its tables as CSV, and nothing of other issuers."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.event import NEW, Kind
from chalicelib.analytics.kpi.tables import Request
from chalicelib.http.console.overview import people
from chalicelib.http.console.overview.tables import OFFERED
from tests.analytics.counts.makers import event
from tests.analytics.counts.simulated import counted
from tests.http.console.test_bulk import text_of
from tests.http.fake_laurel import NOW, Laurel, id_of
from tests.http.gateway import Response
from tests.http.signed_in import Browser

HERE = "/console/fernhill"
YESTERDAY = NOW.date() - timedelta(days=1)


def acts(kind: Kind, many: int, days_ago: int, **members: Any) -> list[Any]:
    of = {"issuer_id": "fernhill", "achievement_id": "=1+1", **members}
    at = NOW - timedelta(days=days_ago)
    visitor = {} if kind in (Kind.VIEW, Kind.REFERRAL) else {"visitor_class": None}
    return [event(kind, at, **{"credential_id": f"{n}", **visitor, **of}) for n in range(many)]


@pytest.fixture(autouse=True)
def year(laurel: Laurel) -> None:
    """Twelve credentials of this month and eleven of the last one; another issuer has many more."""
    some = [
        *acts(Kind.ISSUED, 12, 10, target=NEW),
        *acts(Kind.OPENED, 6, 9),
        *acts(Kind.VIEW, 7, 8, country="DE"),
        *acts(Kind.VIEW, 1, 8, country="CH", credential_id=id_of("valid")),
        *acts(Kind.SHARED, 1, 8, credential_id=id_of("valid"), target="x"),
        *acts(Kind.ISSUED, 11, 40, target=NEW, credential_id=None),
        *acts(Kind.VIEW, 777, 8, issuer_id="other"),
    ]
    laurel.count_store = counted(some, YESTERDAY)


def shown(page: Response) -> str:
    return " ".join(text_of(page).split())


def test_every_key_figure_has_its_formula_beside_it(viewer: Browser) -> None:
    page = shown(viewer.get(HERE))
    assert "Open rate 50 %" in page
    assert "Credentials whose holder followed the link in an email ÷ credentials issued" in page
    assert "777" not in page


def test_changes_of_the_month_are_sentences(viewer: Browser) -> None:
    page = shown(viewer.get(HERE))
    assert "What changed this month, 1 to 21 November" not in page  # today is not over
    assert "What changed this month, 1 to 22 November" in page
    assert "12 credentials were issued, 1 more than in the first 22 days of October (11)." in page
    assert "Credentials were shared 1 time, and none in the first 22 days of October." in page


def test_period_and_filters_are_in_the_url(viewer: Browser) -> None:
    assert "1 to 22 November 2026, compared with 1 to 22 October 2026" in shown(viewer.get(f"{HERE}?from=2026-11-01"))
    swiss = viewer.get(f"{HERE}?country=CH")
    assert "Views 1 " in shown(swiss)
    assert "Open rate" not in shown(swiss)
    assert "figures/channels?from=2025-12-01&amp;to=2026-11-22&amp;country=CH" in swiss.text


@pytest.mark.parametrize(
    "query", ["from=2026-11-30&to=2026-11-01", "from=yesterday", "from=2020-01-01", "to=0001-01-01"],
    ids=["reversed", "word", "long", "year-1"],
)  # fmt: skip
def test_period_that_is_not_valid_is_an_error_of_its_field(viewer: Browser, query: str) -> None:
    page = viewer.get(f"{HERE}?{query}")
    assert page.status == 422
    assert "There is a problem" in shown(page)
    assert "1 December 2025 to 22 November 2026" in shown(page)
    assert viewer.get(f"{HERE}/figures/kpis?{query}").status == 400


def test_influencer_is_named_and_linked(viewer: Browser, laurel: Laurel) -> None:
    page = viewer.get(HERE)
    assert f'{laurel.base_url}{HERE}/credentials/{id_of("valid")}"><bdi>Ada' in page.text


def test_influencer_whose_credential_belongs_to_another_issuer_is_not_named(laurel: Laurel) -> None:
    one = {"issuer_id": "other", "credential_id": id_of("valid")}
    laurel.count_store = counted(
        [*acts(Kind.SHARED, 1, 2, target="x", **one), *acts(Kind.VIEW, 1, 2, **one)], YESTERDAY
    )
    reader, days = CountReader(laurel.count_store), Days(NOW.date().replace(day=1), NOW.date())
    (found,) = people.influencers(laurel, reader, Request("other", days), days, people.Names(laurel, "other"))
    assert (found.credential, found.holder) == ("", "Erased credential")


@pytest.mark.parametrize("name", OFFERED)
def test_every_table_downloads_as_csv(viewer: Browser, name: str) -> None:
    reply = viewer.get(f"{HERE}/figures/{name}?from=2026-11-01&to=2026-11-22")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.headers["content-disposition"] == (f'attachment; filename="fernhill-{name}-2026-11-01-2026-11-22.csv"')
    header, *rows = csv.reader(io.StringIO(reply.text))
    assert all(len(row) == len(header) for row in rows)


def test_cell_that_a_spreadsheet_would_run_is_text_in_a_download(viewer: Browser) -> None:
    assert "\n'=1+1," in viewer.get(f"{HERE}/figures/achievements").text.replace("\r", "")


@pytest.mark.parametrize("name", ["hours", "nothing"])
def test_unknown_table_is_not_found(viewer: Browser, name: str) -> None:
    assert viewer.get(f"{HERE}/figures/{name}").status == 404


def test_page_without_counts_shows_zeros(viewer: Browser, laurel: Laurel) -> None:
    laurel.count_store = type(laurel.count_store)()
    page = viewer.get(HERE)
    assert page.status == 200
    assert "No activity in this month or the month before." in shown(page)
