"""Goals, outcomes and surveys in a real browser: accessible, readable on a phone, and usable without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.delivery import delivery_status, mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.links import Purpose
from chalicelib.delivery.surveys import survey
from chalicelib.delivery.surveys.survey import Question, QuestionKind, SurveyAnswer
from chalicelib.outcomes.outcome import Held, Measure, Outcome
from chalicelib.outcomes.savings import ManualCheck
from cli.demo.year import Programme, simulate
from tests.analytics.counts.simulated import counted
from tests.browser.opening import open_page
from tests.browser.signed_in import console, member
from tests.browser.widths import assert_accessible_and_fits
from tests.http.fake_laurel import NOW, Laurel, id_of

CONSOLE = {
    "comparison": "/outcomes?name=days_to_productivity",
    "survey": "/survey",
    "goal-efficiency": "/goals?goal=efficiency",
    "goal-employability": "/goals?goal=employability",
    "goal-international": "/goals?goal=international",
    "goal-pathways": "/goals?goal=pathways",
}
QUESTION = Question("Do you use what you learned in your work?", QuestionKind.YES_NO)


@pytest.fixture(autouse=True)
def programme(laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A year of events, outcomes of two groups, and a survey with answers."""
    member(laurel, "olu@fernhill.example")
    before, yesterday = laurel.count_store, NOW.date() - timedelta(days=1)
    achievement = next(iter(laurel.issuer_store.achievements("fernhill"))).id
    simulated = simulate([Programme("fernhill", achievement, [id_of("valid")], 1, "ladder", 1)], yesterday, 3_000)
    laurel.count_store = counted(simulated, yesterday)
    store, seeded = laurel.outcome_store, Random(1)
    held = [Held(f"holder{n}@example.org", achievement, NOW - timedelta(days=90)) for n in range(30)]
    monkeypatch.setattr(store, "held", lambda _issuer_id: iter(held))
    measure = store.add_measure(Measure("fernhill", "days_to_productivity", "days"))
    people = [(each.email, 40) for each in held] + [(f"other{n}@example.org", 75) for n in range(40)]
    for days_ago, more in ((200, 30), (10, 0)):
        on = NOW.date() - timedelta(days=days_ago)
        store.save([
            Outcome("fernhill", measure.name, mailbox.digest(email), on, round(seeded.gauss(mean + more, 9)), NOW)
            for email, mean in people
        ])  # fmt: skip
    store.save_manual_check(ManualCheck("fernhill", 20, 15, "EUR", 30))
    laurel.survey_store.save_survey(replace(survey.template("fernhill"), on=True, version=1))
    for n in range(12):
        laurel.survey_store.save_answer(SurveyAnswer("fernhill", f"c{n}", f"p{n}", 6, NOW, {QUESTION.key: min(n, 1)}))
    yield
    laurel.count_store = before
    for stored in (store.named, store.values, store.manual, laurel.survey_store.stored, laurel.survey_store.given):
        stored.clear()


@pytest.mark.parametrize("kind", CONSOLE)
def test_page_of_the_console_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, kind: str
) -> None:
    with console(chromium, laurel, f"/console/fernhill{CONSOLE[kind]}") as (page, messages):
        assert messages == []
        assert_accessible_and_fits(page, screenshots, f"outcomes-{kind}")


def test_comparison_says_what_it_found_and_not_why(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, f"/console/fernhill{CONSOLE['comparison']}", java_script_enabled=False) as (page, _):
        expect(page.get_by_text("is associated with lower days to productivity").first).to_be_visible()
        expect(page.get_by_text("Association does not prove causation")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_survey_is_answered_without_script(chromium: Browser, laurel: Laurel, screenshots: Path, language: str) -> None:
    context, credential_id = laurel.delivery_context, id_of("valid")
    context.change("fernhill", credential_id, lambda one: delivery_status.sent(one, Kind.SURVEY_6, NOW))
    url, link = context.link(Purpose.MY, "ada@example.org", issuer_id="fernhill", credential_id=credential_id)
    context.store.add_links((link,))
    with open_page(chromium, f"{url}/survey?lang={language}") as (page, messages):
        assert_accessible_and_fits(page, screenshots, f"survey-{language}")
        assert messages == []
    with open_page(chromium, f"{url}/survey?lang={language}", java_script_enabled=False) as (page, _):
        page.locator(f"#{QUESTION.field}-1").check()
        page.locator("button[value=answer]").click()
        assert language in page.url
        assert page.locator("form").count() == 0
    answer = laurel.survey_store.answer("fernhill", credential_id, 6)
    assert answer is not None
    assert answer.values == {QUESTION.key: 1}
