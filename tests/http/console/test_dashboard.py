"""The dashboard: figures of the chosen period, its filters, its tables as CSV, and nothing of other issuers."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.counts.counts import fold
from chalicelib.analytics.counts.periods import hour_of
from chalicelib.analytics.counts.ports import Progress
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.event import NEW, Kind
from chalicelib.analytics.kpi.kpis import KPIS, Value
from chalicelib.analytics.kpi.tables import KpiFigure, Request
from chalicelib.http.console.overview import kpi_file, people, tables, wording
from chalicelib.http.console.overview.named import NamedFilter
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


def year_of_events() -> list[Any]:
    """Twelve credentials of this month and eleven of the last one; another issuer has many more."""
    return [
        *acts(Kind.ISSUED, 12, 10, target=NEW),
        *acts(Kind.OPENED, 6, 9),
        *acts(Kind.VIEW, 7, 8, country="DE"),
        *acts(Kind.VIEW, 1, 8, country="CH", credential_id=id_of("valid")),
        *acts(Kind.SHARED, 1, 8, credential_id=id_of("valid"), target="x"),
        *acts(Kind.ISSUED, 11, 40, target=NEW, credential_id=None),
        *acts(Kind.VIEW, 777, 8, issuer_id="other"),
    ]


def count_issued_today(laurel: Laurel, many: int) -> None:
    """Count credentials issued in the first hour of the day that is not over."""
    store = counted(year_of_events(), YESTERDAY)
    at = NOW.replace(hour=0, minute=30)
    of = {"issuer_id": "fernhill", "achievement_id": "=1+1", "visitor_class": None, "target": NEW}
    issued = [event(Kind.ISSUED, at, credential_id=f"today{n}", **of) for n in range(many)]
    store.save("fernhill", hour_of(at), fold(issued)["fernhill"], 1)
    store.saved = Progress(1, NOW, NOW)
    laurel.count_store = store


counted_year = cache(lambda: counted(year_of_events(), YESTERDAY))
"""Counted once: no page changes it."""


@pytest.fixture(autouse=True)
def year(laurel: Laurel) -> None:
    laurel.count_store = counted_year()


def shown(page: Response) -> str:
    return " ".join(text_of(page).split())


def test_every_key_figure_has_its_formula_beside_it(viewer: Browser) -> None:
    page = shown(viewer.get(HERE))
    assert "Open rate 50%" in page
    assert "Credentials whose holder followed the link in an email ÷ credentials issued" in page
    assert "777" not in page


THIS_MONTH = "from=2026-11-01&to=2026-11-22"


def test_changes_follow_the_chosen_period(viewer: Browser) -> None:
    page = shown(viewer.get(f"{HERE}?from=2026-10-01&to=2026-10-31"))
    assert "What changed October 2026, compared with September 2026." in page
    assert "11 credentials were issued, and none in September." in page
    assert page.count("compared with") == 1


def test_changes_and_figures_of_this_month_have_one_comparison(viewer: Browser, laurel: Laurel) -> None:
    count_issued_today(laurel, 5)
    page = shown(viewer.get(f"{HERE}?{THIS_MONTH}"))
    assert "What changed 1 to 22 November 2026, compared with 1 to 22 October 2026." in page
    assert "17 credentials were issued, 6 more than in the first 22 days of October (11)." in page
    assert "Rates cover 12 of the 17 credentials issued, excluding those issued today." in page
    assert "6 of the 12 credentials issued (50%) were opened from an email" in page
    assert "Credentials were shared 1 time, and none in the first 22 days of October." in page
    assert "Rates are of whole months, so theirs are compared with all of October 2026." in page
    assert page.count("compared with") == 2


def test_changes_of_parts_of_months_are_about_the_chosen_days(viewer: Browser) -> None:
    page = shown(viewer.get(f"{HERE}?from=2026-10-05&to=2026-10-12"))
    assert "What changed 5 to 12 October 2026, compared with 27 September to 4 October 2026." in page
    assert page.count("compared with") == 1


def test_funnel_says_why_it_has_fewer_credentials_than_were_issued(viewer: Browser, laurel: Laurel) -> None:
    count_issued_today(laurel, 5)
    page = shown(viewer.get(f"{HERE}?{THIS_MONTH}"))
    assert "Credentials issued 17" in page
    assert "These are 12 of the 17 credentials issued in the period, excluding the 5 issued today." in page
    assert "These are" not in shown(viewer.get(f"{HERE}?from=2026-10-01&to=2026-10-31"))


def test_every_percentage_names_its_base(viewer: Browser) -> None:
    page = shown(viewer.get(f"{HERE}?{THIS_MONTH}"))
    assert "Open rate 50% 6 of 12" in page
    assert "Rates cover the credentials issued in November 2026 and what happened to them up to last" in page
    assert "Views per share 8.0 (8 views, 1 shares)" in page
    assert "Where do views and enrolment visits come from? Views Percentages are of 8 views." in page


def test_times_have_one_unit() -> None:
    assert [wording.hours(many) for many in (1, 34, 52.5, 1_316)] == ["1 hour", "34 hours", "52.5 hours", "1,316 hours"]


def test_re_enrolment_and_renewal_are_explained_where_they_stand(viewer: Browser) -> None:
    page = shown(viewer.get(HERE))
    assert "“Renewed” means that you issued the same credential for another period" in page


def test_visits_to_the_enrolment_page_have_one_name_everywhere(viewer: Browser, laurel: Laurel) -> None:
    visits = acts(Kind.REFERRAL, 3, 8, channel=Channel.LINKEDIN_POST)
    laurel.count_store = counted([*year_of_events(), *visits], YESTERDAY)
    page = shown(viewer.get(HERE))
    assert "Enrolment visits 3" in page
    assert "There were 3 enrolment visits" in page
    assert "How many enrolment visits were there?" in page
    assert "Number of visits by people to an enrolment page" in page
    assert "Referr" not in page
    assert "referrals" not in page


def test_enrolment_visits_by_channel_are_shown_beside_views(viewer: Browser, laurel: Laurel) -> None:
    visits = acts(Kind.REFERRAL, 3, 8, channel=Channel.LINKEDIN_POST)
    laurel.count_store = counted([*year_of_events(), *visits], YESTERDAY)
    page = shown(viewer.get(f"{HERE}?{THIS_MONTH}")).partition("Where do views and enrolment visits come from?")[2]
    drawn = page.partition("as a table")[0]
    assert "Enrolment visits Percentages are of 3 enrolment visits. LinkedIn 3 100%" in drawn
    laurel.count_store = counted(year_of_events(), YESTERDAY)
    assert "Enrolment visits No enrolment visits in this period." in shown(viewer.get(f"{HERE}?{THIS_MONTH}"))


def test_the_list_of_shares_says_that_it_is_about_part_of_the_period(viewer: Browser) -> None:
    says = "1 to 22 November 2026, part of the period: credentials that were shared, sorted by"
    assert says in shown(viewer.get(HERE))
    assert "part of the period" not in shown(viewer.get(f"{HERE}?{THIS_MONTH}"))


def test_at_the_start_of_a_month_achievements_of_the_month_before_are_compared() -> None:
    first = date(2026, 12, 1)
    assert people.recent(Days(date(2025, 12, 2), first)) == Days(date(2026, 11, 1), date(2026, 11, 30))
    assert people.recent(Days(first, first)) == Days(first, first)
    middle = date(2026, 12, 15)
    assert people.recent(Days(date(2025, 12, 2), middle)) == Days(first, middle)


def test_file_of_key_figures_says_what_the_page_says(viewer: Browser) -> None:
    reply = viewer.get(f"{HERE}/figures/kpis?from=2026-11-01&to=2026-11-22")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(reply.text))}
    rate = rows["open_rate"]
    assert (rate["value"], rate["unit"], rate["part"], rate["base"]) == ("50", "%", "6", "12")
    assert (rate["before"], rate["change"], rate["change_unit"]) == ("", "", "percentage points")
    issued = rows["issued"]
    assert (issued["value"], issued["unit"], issued["before"], issued["change"]) == ("12", "number", "11", "1")
    assert rows["views_per_share"]["unit"] == "number"


def test_file_of_shared_credentials_names_holders_and_achievements(viewer: Browser) -> None:
    reply = viewer.get(f"{HERE}/figures/influencers?{THIS_MONTH}")
    (row,) = csv.DictReader(io.StringIO(reply.text))
    assert row["credential"] == id_of("valid")
    assert row["holder"].startswith("Ada")
    assert row["achievement_name"] == "Deleted achievement"


@pytest.mark.parametrize(
    ("table", "heading", "name"),
    [("channels", "channel_name", "Direct visits"), ("countries", "country_name", "Germany")],
    ids=["channels", "countries"],
)  # fmt: skip
def test_file_names_codes_as_the_page_does(viewer: Browser, table: str, heading: str, name: str) -> None:
    reply = viewer.get(f"{HERE}/figures/{table}?{THIS_MONTH}")
    assert name in {row[heading] for row in csv.DictReader(io.StringIO(reply.text))}


def test_what_has_no_channel_is_unknown_for_a_channel_rather_than_zero(viewer: Browser) -> None:
    rows = {row["channel"]: row for row in rows_of(viewer, f"channels?{THIS_MONTH}")}
    assert rows["direct"]["view"] != ""
    assert {row["shared"] for channel, row in rows.items() if channel} == {""}
    assert rows[""]["channel_name"] == "None (actions of issuers and holders)"


def test_holders_that_cannot_be_thanked_are_left_out(viewer: Browser, laurel: Laurel) -> None:
    erased = {"credential_id": id_of("gone"), "target": "x"}
    more = [*acts(Kind.SHARED, 1, 8, **erased), *acts(Kind.VIEW, 9, 8, credential_id=id_of("gone"))]
    laurel.count_store = counted([*year_of_events(), *more], YESTERDAY)
    page = shown(viewer.get(HERE))
    assert "Erased credential" not in page
    assert "Ada" in page[page.index("Whose shares bring the most visits?") :]
    assert "Erased credential" in viewer.get(f"{HERE}/figures/influencers?{THIS_MONTH}").text


def test_deleted_pathways_are_left_out(viewer: Browser, laurel: Laurel) -> None:
    steps = acts(Kind.PATHWAY_STEP, 12, 8, target="no-such-pathway#1")
    laurel.count_store = counted([*year_of_events(), *steps], YESTERDAY)
    assert "Deleted pathway" not in shown(viewer.get(HERE))
    assert "Deleted pathway" in viewer.get(f"{HERE}/figures/pathways?{THIS_MONTH}").text


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
    assert people.influencers(laurel, reader, Request("other", days), days, people.Names(laurel, "other")) == ()


@pytest.mark.parametrize("name", OFFERED)
def test_every_table_downloads_as_csv(viewer: Browser, name: str) -> None:
    reply = viewer.get(f"{HERE}/figures/{name}?from=2026-11-01&to=2026-11-22")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.headers["content-disposition"] == (f'attachment; filename="fernhill-{name}-2026-11-01-2026-11-22.csv"')
    header, *rows = csv.reader(io.StringIO(reply.text))
    assert all(len(row) == len(header) for row in rows)


def test_change_of_a_rate_in_the_file_is_in_percentage_points_of_the_rounded_rates() -> None:
    (kpi,) = (each for each in KPIS if each.code == "open_rate")
    figure = KpiFigure(kpi, Value(0.834, 834, 1000), Value(0.0008, 8, 10_000))
    assert kpi_file.row(figure)[2:11] == ("83", "%", 834, 1000, "less than 1", 8, 10_000, 83, "percentage points")


def test_cell_that_a_spreadsheet_would_run_is_text_in_a_download(viewer: Browser) -> None:
    assert "\n'=1+1," in viewer.get(f"{HERE}/figures/achievements").text.replace("\r", "")


@pytest.mark.parametrize("name", ["hours", "nothing"])
def test_unknown_table_is_not_found(viewer: Browser, name: str) -> None:
    assert viewer.get(f"{HERE}/figures/{name}").status == 404


def compare_with_a_small_achievement(laurel: Laurel) -> str:
    """Count another achievement of this month, of three credentials; the id of the large one."""
    large = next(iter(laurel.issuer_store.achievements("fernhill"))).id
    of_large, of_small = ({"achievement_id": each} for each in (large, "=1+1"))
    events = [
        *acts(Kind.ISSUED, 18, 10, target=NEW, **of_large),
        *acts(Kind.OPENED, 6, 9, **of_large),
        *acts(Kind.REFERRAL, 4, 8, **of_large),
        *acts(Kind.ISSUED, 3, 10, target=NEW, **of_small),
    ]
    laurel.count_store = counted(events, YESTERDAY)
    return large


def test_figures_left_out_to_protect_others_say_so(viewer: Browser, laurel: Laurel) -> None:
    large = compare_with_a_small_achievement(laurel)
    page = shown(viewer.get(f"{HERE}?{THIS_MONTH}&achievement={large}"))
    assert "18 credentials were issued" in page
    assert "Open rate Left out to protect small groups" in page
    because = "because in the same month, other achievements were issued to fewer than ten people"
    assert f"Rates are not shown, {because}" in page
    assert f"How far do credentials get? These figures are not shown, {because}" in page
    assert "Nov 2026 18 Left out to protect small groups" in page
    assert "ewer than 10 people" not in page
    assert "at least ten credentials" not in page
    kpis = viewer.get(f"{HERE}/figures/kpis?{THIS_MONTH}&achievement={large}").text
    assert "Open rate,Left out to protect small groups" in kpis


def test_achievements_are_compared_side_by_side(viewer: Browser, laurel: Laurel) -> None:
    large = compare_with_a_small_achievement(laurel)
    reply = viewer.get(f"{HERE}?{THIS_MONTH}")
    page = shown(reply).partition("Which achievements do best?")[2].partition("Download achievements")[0]
    name = laurel.issuer_store.achievement("fernhill", large).name
    assert f"Achievement Issued Opened Shares Views Enrolment visits Sign-ups {name} 18 6 0 0 4 0" in page
    assert f"{HERE}?{THIS_MONTH.replace('&', '&amp;')}&amp;achievement={large}" in reply.text
    assert "Which achievements do best?" not in shown(viewer.get(f"{HERE}?{THIS_MONTH}&achievement={large}"))


def test_figures_that_a_channel_cannot_limit_are_not_shown_as_zeros(viewer: Browser, laurel: Laurel) -> None:
    visits = acts(Kind.VIEW, 3, 8, channel=Channel.LINKEDIN_POST)
    laurel.count_store = counted([*year_of_events(), *visits], YESTERDAY)
    limited = f"{THIS_MONTH}&channel=linkedin"
    page = shown(viewer.get(f"{HERE}?{limited}"))
    assert "Views 3 " in page
    assert "what holders do, such as sharing, cannot be filtered by channel or country" in page
    for absent in ("Shares", "Credentials issued", "Where are credentials shared?"):
        assert absent not in page
    (day,) = (row for row in rows_of(viewer, f"days?{limited}") if row["view"] != "0")
    assert (day["view"], day["issued"], day["shared"], day["opened"]) == ("3", "", "", "")
    (channel,) = rows_of(viewer, f"channels?{limited}")
    assert (channel["view"], channel["issued"], channel["shared"]) == ("3", "", "")
    for table in ("platforms", "cohorts", "influencers", "pathways"):
        assert viewer.get(f"{HERE}/figures/{table}?{limited}").status == 404


def test_figures_that_an_achievement_cannot_limit_are_empty_in_the_file(viewer: Browser) -> None:
    row = rows_of(viewer, f"days?{THIS_MONTH}&achievement=%3D1%2B1")[0]
    assert (row["issued"], row["listed"], row["profile_view"]) == ("12", "", "")


def rows_of(viewer: Browser, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(viewer.get(f"{HERE}/figures/{path}").text)))


def test_filtered_page_and_files_say_what_they_are_limited_to(viewer: Browser, laurel: Laurel) -> None:
    one = next(iter(laurel.issuer_store.achievements("fernhill")))
    limited = f"{THIS_MONTH}&achievement={one.id}&channel=linkedin&country=CH"
    page = shown(viewer.get(f"{HERE}?{limited}"))
    words = f"Filtered by achievement: {one.name} , channel: LinkedIn , country: Switzerland ."
    assert page.count(words) == 2
    assert f"{words} 1 to 22 November 2026, compared with" in page
    reply = viewer.get(f"{HERE}/figures/kpis?{limited}")
    name = one.name.lower().replace(" ", "-")
    assert reply.headers["content-disposition"] == (
        f'attachment; filename="fernhill-kpis-{name}-linkedin-switzerland-2026-11-01-2026-11-22.csv"'
    )
    row = next(csv.DictReader(io.StringIO(reply.text)))
    assert (row["filter_achievement"], row["filter_channel"], row["filter_country"]) == (
        one.name, "LinkedIn", "Switzerland",
    )  # fmt: skip
    assert "filter_" not in viewer.get(f"{HERE}/figures/kpis?{THIS_MONTH}").text


def test_file_name_has_the_id_of_an_achievement_whose_name_has_no_latin_letters() -> None:
    assert tables.file_part(NamedFilter("achievement", "abc234", "Achievement", "تحليل البيانات")) == "abc234"


def test_page_says_how_old_its_figures_are_and_why_two_numbers_differ(viewer: Browser) -> None:
    page = shown(viewer.get(HERE))
    assert "Figures are up to five minutes old." in page
    assert "A corrected credential is not counted again." in page
    assert "A corrected credential is listed beside the one that it replaces" in page


def test_page_without_counts_shows_zeros(viewer: Browser, laurel: Laurel) -> None:
    laurel.count_store = type(laurel.count_store)()
    page = viewer.get(HERE)
    assert page.status == 200
    assert "No activity in this period or the one before." in shown(page)
