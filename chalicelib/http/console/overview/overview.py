"""Overview page of an issuer: the dashboard, what needs attention, recently issued credentials and next steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalice.app import Request

from chalicelib.access import members
from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.kpi.tables import Request as DashboardRequest
from chalicelib.award.issuing.search import Row
from chalicelib.http.console import layout
from chalicelib.http.console.credentials import credential_text
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.overview import achievements, attention, dashboard, overview_figures, people, wording
from chalicelib.http.console.overview.people import Names
from chalicelib.http.console.overview.period import chosen, shortcuts
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = (
    "This issuer does not exist, or you are not a member of it. Ask the person who invited you which address they used."
)
LATEST = 5


@dataclass(frozen=True, slots=True)
class Step:
    """A task on the overview, open or done."""

    text: str
    line: str
    path: str = ""
    done: bool = False


def routes(services: Services) -> Routes:
    """`/console/{issuer}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}", access=member(Permission.READ), missing=MISSING)
    def overview(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        now = services.issuer_context.now()
        read = overview_figures.COUNTED + 1
        rows = services.issuer_context.issuer_store.rows(caller.issuer_id, None, read, consistent=False)
        counts = overview_figures.count(rows, now)
        names = Names(services, caller.issuer_id)
        reader = CountReader(services.count_store)
        today = people.today(reader, caller.issuer_id, services.issuer_context.clock().date())
        wanted = chosen(layout.query(request), today)
        asked = DashboardRequest(caller.issuer_id, wanted.days, wanted.only)
        latest = rows[:LATEST]
        return layout.show(
            context,
            "overview.html",
            status=wanted.form.status,
            figures=overview_figures.figures(counts) if rows else (),
            attention=attention.items(services, context, counts),
            latest=credential_text.list_items(latest, names.of([row.achievement_id for row in latest]), now),
            steps=_steps(services, context, rows),
            dashboard=dashboard.build(services, reader, asked, names) if rows else None,
            subscribed=services.summary_context.store.subscription(caller.issuer_id, person.email) is not None,
            form=wanted.form,
            query=wanted.query,
            shortcuts=shortcuts(wanted, today),
            filters=_filters(reader, asked, names) if rows else {},
        )

    return bound


def _filters(reader: CountReader, asked: DashboardRequest, names: Names) -> dict[str, Sequence[tuple[str, str]]]:
    """The options of each filter."""
    of = {
        name: [(code, label(code)) for code in people.channels(reader, asked, table)]
        for name, table, label in (
            ("channel", "channels", wording.channel),
            ("country", "countries", wording.country),
        )
    }
    found = {"achievement": achievements.options(reader, asked, names), **of}
    return {name: (("", "All"), *sorted(options, key=lambda one: one[1].casefold())) for name, options in found.items()}


def _steps(services: Services, context: PageContext, rows: Sequence[Row]) -> tuple[Step, ...]:
    """Return the next steps that the person may take; empty once all are done."""
    steps = []
    if context.may("edit"):
        steps.append(
            Step(
                "Create an achievement",
                "Its name, criteria and badge image. It takes about ten minutes.",
                "/achievements/new",
                bool(rows) or any(services.issuer_context.issuer_store.achievements(context.tenant)),
            )
        )
    if context.may("issue"):
        steps.append(
            Step(
                "Issue it",
                "Paste names and email addresses. We check the list before anything is issued.",
                "/issue",
                bool(rows),
            )
        )
    if context.may("manage"):
        several = len(list(members.of_issuer(services.access_context, context.tenant))) > 1
        steps.append(Step("Add a colleague", "So that someone can act while you are away.", "/members", several))
    return tuple(steps) if not all(step.done for step in steps) else ()
