"""Goals page: the figures that each of the nine goals of a programme is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalice.app import Request as HttpRequest

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.kpi.tables import KpiFigure, Request, kpi_figures
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.outcomes import goal_parts
from chalicelib.http.console.outcomes.goal_parts import Section
from chalicelib.http.console.overview import people, wording
from chalicelib.http.console.overview.period import Chosen, chosen, shortcuts
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.outcomes import savings
from chalicelib.outcomes.goals import GOALS, Goal, goal_of
from chalicelib.outcomes.savings import ManualCheck


@dataclass(frozen=True, slots=True)
class Line:
    """A key figure of a goal."""

    name: str
    value: str
    before: str
    formula: str


def routes(services: Services) -> Routes:
    """`/console/{issuer}/goals`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/goals", access=member(Permission.READ))
    def show(request: HttpRequest, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        return _page(services, context, layout.query(request), _form(services, caller.issuer_id))

    @bound.bind("/console/{issuer}/goals", access=member(Permission.MANAGE), methods=("POST",))
    def save(request: HttpRequest, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        form = form_state.sent(request)
        with form.record_refusal("minutes"):
            manual = _read(caller.issuer_id, form)
            savings.check(manual)
            services.outcome_context.store.save_manual_check(manual)
            goal = goal_of(form.text("goal")).code
            return layout.redirect(f"{context.issuer_url}/goals", goal=goal, did="manual_check_saved")
        return _page(services, context, {"goal": form.text("goal")}, form)

    return bound


def _form(services: Services, issuer_id: str) -> FormState:
    manual = services.outcome_context.store.manual_check(issuer_id)
    if manual is None:
        return FormState()
    values = {"minutes": manual.minutes, "cost": manual.cost, "currency": manual.currency, "percent": manual.percent}
    return FormState({name: str(value) for name, value in values.items()})


def _read(issuer_id: str, form: FormState) -> ManualCheck:
    minutes, cost, percent = ((-1 if (found := form.number(name)) is None else found) for name in _NUMBERS)
    return ManualCheck(issuer_id, minutes, cost, form.text("currency").upper(), percent)


_NUMBERS = ("minutes", "cost", "percent")


def _page(services: Services, context: PageContext, query: Mapping[str, str], form: FormState) -> Reply:
    reader = CountReader(services.count_store)
    today = people.today(reader, context.tenant, services.issuer_context.clock().date())
    period = chosen({name: query.get(name, "") for name in ("from", "to")}, today)
    goal, asked = goal_of(query.get("goal", "")), Request(context.tenant, period.days, period.only)
    return layout.show(
        context,
        "goals.html",
        status=form.status,
        form=form,
        goal=goal,
        goals=GOALS,
        period=wording.days(period.days),
        compared=wording.days(period.days.before),
        query=period.query,
        shortcuts=shortcuts(period, today),
        lines=list(_lines(goal, kpi_figures(reader, asked))),
        sections=_sections(services, context, reader, goal, period),
        has_savings="savings" in goal.parts,
    )


def _lines(goal: Goal, figures: list[KpiFigure]) -> Iterator[Line]:
    by_code = {each.kpi.code: each for each in figures}
    for code in goal.figures:
        kpi = by_code[code].kpi
        now, before = (wording.with_base(kpi, value) for value in (by_code[code].now, by_code[code].before))
        yield Line(kpi.name, now, before, kpi.formula)


def _sections(
    services: Services, context: PageContext, reader: CountReader, goal: Goal, period: Chosen
) -> list[Section]:
    asked = Request(context.tenant, period.days, period.only)
    return [goal_parts.BUILDERS[part](services, reader, asked) for part in goal.parts]
