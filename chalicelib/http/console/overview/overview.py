"""Overview page of an issuer: figures, what needs attention, recently issued credentials and next steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalice.app import Request

from chalicelib.access import members
from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.issuing.search import Row
from chalicelib.credential.achievement import Achievement
from chalicelib.http.console import layout
from chalicelib.http.console.credentials import credential_text
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.overview import attention, overview_figures
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
        context = layout.of(services, request, caller, person, "overview")
        issuer_store = services.issuer_context.issuer_store
        achievements = list(issuer_store.achievements(caller.issuer_id))
        rows = issuer_store.rows(caller.issuer_id, None, overview_figures.COUNTED + 1)
        names = {one.id: one.name for one in achievements}
        now = services.issuer_context.now()
        counts = overview_figures.count(rows, now)
        return layout.show(
            context,
            "overview.html",
            figures=overview_figures.figures(counts) if rows else (),
            attention=attention.items(services, context, counts),
            latest=credential_text.list_items(rows[:LATEST], names, now),
            steps=_steps(services, context, achievements, rows),
        )

    return bound


def _steps(
    services: Services, context: PageContext, achievements: Sequence[Achievement], rows: Sequence[Row]
) -> tuple[Step, ...]:
    """Return the next steps that the person may take; empty once all are done."""
    steps = []
    if context.may("edit"):
        steps.append(
            Step(
                "Create an achievement",
                "Its name, criteria and badge image. It takes about ten minutes.",
                "/achievements/new",
                bool(achievements),
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
