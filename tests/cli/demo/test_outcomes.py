"""The outcomes of the demo."""

from __future__ import annotations

from datetime import UTC, date, datetime

from chalicelib.outcomes import cohorts
from chalicelib.outcomes.comparison import Compared
from chalicelib.outcomes.importing import OutcomeContext
from chalicelib.outcomes.outcome import Held
from cli.demo.catalogue import COURSES, HARBOUR
from cli.demo.outcomes import seed_outcomes
from cli.demo.plan import plan
from tests.http.fake_laurel import Laurel, seeded

TODAY = date(2026, 11, 22)
ISSUED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_outcomes_of_the_demo_can_be_compared_and_are_stored_once() -> None:
    laurel: Laurel = seeded()
    laurel.issuer_store._issuers[HARBOUR.id] = laurel.issuer_store.issuer("fernhill")
    context: OutcomeContext = laurel.outcome_context
    seed_outcomes(context, TODAY)
    before = dict(laurel.outcome_store.values)
    seed_outcomes(context, TODAY)
    assert laurel.outcome_store.values == before
    (measure,) = context.store.measures(HARBOUR.id)
    emails = [each.holder.email for each in plan(laurel.base_url) if COURSES[each.course].issuer_id == HARBOUR.id]
    issued = cohorts.first_issued(Held(email, "a", ISSUED_AT) for email in emails if email)
    outcomes = list(context.store.outcomes(HARBOUR.id, measure.name))
    found = (
        cohorts.holders_and_others(outcomes, issued, {}, yes_no=False),
        cohorts.before_and_after(outcomes, issued, {}, yes_no=False),
    )
    assert [each.suppressed for each in found] == [False] * len(Compared)
    assert all(each.differences[0].high is not None and each.differences[0].high < 0 for each in found)
