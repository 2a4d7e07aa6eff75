"""Outcomes page: import a CSV file, and compare holders with others."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Request

from chalicelib import csv_output
from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.errors import Malformed, NotFound, QuotaExceeded, Refused
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.overview.breakdowns import TableView
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input.form import MAX_WITH_FILE
from chalicelib.outcomes import comparing, importing, rows, table
from chalicelib.outcomes.comparison import Compared, Comparison
from chalicelib.outcomes.outcome import Measure
from chalicelib.outcomes.rows import RowError, RowsRefused

CSV = "text/csv; charset=utf-8"
TITLES = {
    Compared.HOLDERS: "With and without the credential",
    Compared.BEFORE_AFTER: "The same people before and after",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison as the page shows it."""

    title: str
    summary: str
    tables: tuple[TableView, ...]
    """Empty if the comparison is suppressed."""


def routes(services: Services) -> Routes:
    """`/console/{issuer}/outcomes` and its CSV file."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/outcomes", access=member(Permission.READ))
    def page(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        asked = layout.query(request)
        form = FormState({name: asked.get(name, "") for name in ("name", "achievement")})
        return _page(services, context, caller, form)

    @bound.bind(
        "/console/{issuer}/outcomes", access=member(Permission.ISSUE), methods=("POST",), max_form=MAX_WITH_FILE
    )
    def upload(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        form = form_state.sent(request)
        errors: tuple[RowError, ...] = ()
        try:
            content = form.file or form.lines("rows").encode()
            importing.import_rows(services.outcome_context, caller.issuer_id, rows.of_csv(content))
        except RowsRefused as error:
            errors = error.errors
            form.add_error("rows", error.detail)
        except (Malformed, Refused, QuotaExceeded) as error:
            form.add_error("rows", error.detail)
        if form.errors:
            return _page(services, context, caller, form, errors)
        return layout.redirect(f"{context.issuer_url}/outcomes", did="outcomes_imported")

    @bound.bind("/console/{issuer}/outcomes/delete", access=member(Permission.MANAGE), methods=("POST",))
    def delete(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        name = form_state.sent(request).text("name")
        services.outcome_context.store.delete(caller.issuer_id, name)
        return layout.redirect(f"{context.issuer_url}/outcomes", did="outcomes_deleted")

    @bound.bind("/console/{issuer}/outcomes/comparison.csv", access=member(Permission.READ))
    def file(request: Request, caller: Caller, _person: Person) -> Reply:
        asked = layout.query(request)
        try:
            measure = importing.measure_of(services.outcome_context, caller.issuer_id, asked.get("name", ""))
        except NotFound as error:
            raise Problem("not_found", importing.UNKNOWN) from error
        found = comparing.compare(services.outcome_context, caller, measure, asked.get("achievement") or None)
        headers = uncached(**{"Content-Disposition": f'attachment; filename="{caller.issuer_id}-{measure.name}.csv"'})
        lines = (table.CSV_COLUMNS, *map(csv_output.rounded, table.rows(found)))
        return Reply("".join(map(csv_output.line, lines)), CSV, headers=headers)

    return bound


def _page(
    services: Services, context: PageContext, caller: Caller, form: FormState, errors: tuple[RowError, ...] = ()
) -> Reply:
    measures = services.outcome_context.store.measures(context.tenant)
    chosen = next((one for one in measures if one.name == form.value("name")), None)
    comparisons: list[Shown] = []
    if chosen is not None:
        with form.record_refusal("name"):
            found = comparing.compare(services.outcome_context, caller, chosen, form.or_none("achievement"))
            comparisons = [_shown(compared, chosen, each) for compared, each in found.items()]
    achievements = services.issuer_context.issuer_store.achievements(context.tenant)
    options = sorted(((one.id, one.name) for one in achievements), key=lambda option: option[1].casefold())
    return layout.show(
        context,
        "outcomes.html",
        status=form.status,
        form=form,
        row_errors=errors,
        measures=measures,
        chosen=chosen,
        comparisons=comparisons,
        caveat=table.note(chosen) if chosen else "",
        options={
            "name": [(one.name, f"{one.name} ({one.unit})") for one in measures],
            "achievement": [("", "Any"), *options],
        },
    )


def _shown(compared: Compared, measure: Measure, found: Comparison) -> Shown:
    mean, with_median = ("Yes", False) if measure.yes_no else ("Mean", True)
    groups = tuple(
        (group.name, f"{group.people:,}", table.number(measure, group.mean))
        + ((table.number(measure, group.median),) if group.median is not None else ())
        for group in found.groups
    )
    differences = tuple(
        (
            (each.method[:1].upper() + each.method[1:]).partition(" (")[0],
            *(_signed(measure, one) for one in (each.value, each.low, each.high)),
        )
        for each in found.differences
    )
    head = ("Group", "People", mean, *(("Median",) if with_median else ()))
    tables = (
        TableView("groups", head, groups),
        TableView("differences", ("Difference", "Value", "Low (95%)", "High (95%)"), differences),
    )
    return Shown(TITLES[compared], table.sentence(compared, measure, found), tables if groups else ())


def _signed(measure: Measure, value: float | None) -> str:
    return "–" if value is None else table.number(measure, value, sign=True)
