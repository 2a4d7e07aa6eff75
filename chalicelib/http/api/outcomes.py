"""Outcomes of the caller's issuer: import them, compare holders with others, delete them."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request

from chalicelib import csv_output
from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, negotiation, query
from chalicelib.outcomes import comparing, importing, table
from chalicelib.outcomes.rows import BAD_HASH, COLUMNS, HASH, RowsRefused

CSV = "text/csv"
MAX_ROWS = 1_000
"""Maximum outcomes of one request; a CSV file in the console may have more."""
MAX_BYTES = 256 * 1024


def routes(services: Services) -> Routes:
    """Create the routes `/v1/outcomes` and below."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/outcomes", access=token(Permission.READ))
    def names(_request: Request, caller: Caller) -> Reply:
        found = services.outcome_context.store.measures(caller.issuer_id)
        return as_json({"items": [{"name": one.name, "unit": one.unit} for one in found], "next": None})

    @bound.bind("/v1/outcomes", access=token(Permission.ISSUE), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        sent = _sent(body.json_object(request, MAX_BYTES))
        try:
            stored = importing.import_rows(services.outcome_context, caller.issuer_id, sent)
        except RowsRefused as error:
            errors = tuple(
                {"pointer": f"/outcomes/{one.row}/{one.column}" if one.column else f"/outcomes/{one.row}",
                 "detail": one.detail} for one in error.errors
            )  # fmt: skip
            raise Problem("bad_outcomes", error.detail, errors=errors) from error
        return as_json({"stored": stored})

    @bound.bind("/v1/outcomes/{name}", access=token(Permission.READ), missing=importing.UNKNOWN)
    def compare(request: Request, caller: Caller, name: str) -> Reply:
        achievement_id = query.only(request, "achievement").get("achievement")
        accepted = negotiation.ranked(request.headers.get("accept"), (negotiation.JSON, CSV))
        if not accepted:
            available = [negotiation.JSON, CSV]
            raise Problem("not_acceptable", f"Accept {' or '.join(available)}.", more={"available": available})
        context = services.outcome_context
        measure = importing.measure_of(context, caller.issuer_id, name)
        found = comparing.compare(context, caller, measure, achievement_id)
        headers = {"Vary": "Accept"}
        if accepted[0] == CSV:
            lines = map(csv_output.line, (table.CSV_COLUMNS, *table.rows(found)))
            return Reply("".join(lines), f"{CSV}; charset=utf-8", headers=headers)
        comparisons = [table.to_json(compared, measure, each) for compared, each in found.items()]
        shown = {"name": measure.name, "unit": measure.unit, "achievement": achievement_id, "note": table.note(measure)}
        return as_json({**shown, "comparisons": comparisons}, headers=headers)

    @bound.bind("/v1/outcomes/{name}", access=token(Permission.MANAGE), methods=("DELETE",), missing=importing.UNKNOWN)
    def delete(request: Request, caller: Caller, name: str) -> Reply:
        person = query.only(request, "hash").get("hash")
        if person is not None and not HASH.fullmatch(person := person.casefold()):
            raise Problem("bad_hash", BAD_HASH)
        importing.measure_of(services.outcome_context, caller.issuer_id, name)
        services.outcome_context.store.delete(caller.issuer_id, name, person)
        return Reply("", "text/plain", 204)

    return bound


def _sent(document: Mapping[str, object]) -> list[tuple[int, Mapping[str, str]]]:
    """The outcomes in a request, with their positions. Raises `Problem` (`invalid_request`)."""
    if document.keys() != {"outcomes"}:
        raise body.field_error("", 'Send an object with one member: {"outcomes": [...]}.')
    listed = document["outcomes"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_ROWS:
        raise body.field_error("/outcomes", f"This must be a list of 1 to {MAX_ROWS:,} objects.")
    return [(number, _cells(number, one)) for number, one in enumerate(listed)]


def _cells(number: int, one: object) -> Mapping[str, str]:
    if not isinstance(one, dict) or not one.keys() <= set(COLUMNS):
        raise body.field_error(f"/outcomes/{number}", f"This must be an object with {', '.join(COLUMNS)}.")
    given = {name: value for name, value in one.items() if value is not None}
    for name, value in given.items():
        if not isinstance(value, str | (int | float | bool if name == "value" else str)):
            raise body.field_error(f"/outcomes/{number}/{name}", "This must be text.")
    return {name: str(value) for name, value in given.items()}
