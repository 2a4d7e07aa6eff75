"""The operators' list of reports by visitors."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.http.core.access import OPERATOR
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, query
from chalicelib.http.input.json_body import JsonReader
from chalicelib.moderation import handling
from chalicelib.moderation.handling import Filter
from chalicelib.moderation.visitor_report import State, VisitorReport

MISSING = "There is no report with this id."


def routes(services: Services) -> Routes:
    """Create the routes `/v1/visitor-reports` and `/v1/visitor-reports/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/visitor-reports", access=OPERATOR)
    def listing(request: Request, _operator: str) -> Reply:
        given = query.only(request, "state", "issuer", "credential", "limit", "cursor")
        wanted = Filter(_state(given.get("state", State.OPEN)), given.get("issuer"), given.get("credential"))
        before = query.cursor(given, handling.REPORT_ID)
        limit = query.limit(given, handling.MAX_PAGE_SIZE)
        page = handling.of_operators(services.moderation_context, wanted, before, limit)
        items = [to_json(each, bound.base_url) for each in page.reports]
        return as_json({"items": items, "next": page.next}, headers=uncached())

    @bound.bind("/v1/visitor-reports/{id}", access=OPERATOR, methods=("PUT",), missing=MISSING)
    def decide(request: Request, _operator: str, report_id: str) -> Reply:
        reader = JsonReader(body.json_object(request))
        state = reader.required_choice("state", State)
        reader.finish()
        report = handling.set_operator_state(services.moderation_context, report_id, state)
        return as_json(to_json(report, bound.base_url))

    return bound


def to_json(report: VisitorReport, base_url: str) -> dict[str, object]:
    """Serialize a report for the operators."""
    return {
        "id": report.id,
        "at": dates.write(report.at),
        "state": report.operator_state.value,
        "issuer_state": report.issuer_state.value,
        "reason": report.reason.value,
        "message": report.message,
        "email": report.email,
        "words_until": dates.write(report.words_until),
        "credential": report.credential_id,
        "page": credential_url(base_url, report.credential_id),
        "issuer": report.issuer_id,
        "takedown": f"{base_url}/v1/credentials/{report.credential_id}/takedown",
    }


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError as error:
        raise query.refused("state", f"This must be one of: {', '.join(State)}.") from error
