"""Verification route of the JSON API."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.http.core.access import verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import request_context
from chalicelib.http.public import multiple_results, submission
from chalicelib.http.public.credential import credential_json, credential_view
from chalicelib.settings import Function
from chalicelib.verifiers.scope import Scope


def routes(services: Services) -> Routes:
    """Create the route `/v1/verify`."""
    bound = Routes(__name__, services, Function.VERIFY)

    @bound.bind("/v1/verify", access=verifier(Scope.VERIFY, anonymous=True), methods=("POST",))
    def verify(request: Request, caller: ApiCaller) -> Reply:
        sent, visit = submission.by_program(request), request_context.create(request, Kind.VERIFICATION)
        caller.charge(max(1, len(sent.parts)))
        if sent.parts:
            return as_json(multiple_results.results(services, sent, visit), headers=uncached())
        checked = submission.check(services, sent, visit)
        written = credential_json.report(credential_view.of_submitted(checked, bound.base_url))
        if sent.receipt:
            from chalicelib.http.public.receipts import new_receipt, receipt_json  # most reports have none

            made = new_receipt.of_submitted(services, sent, checked, visit, caller.verifier_id)
            written["receipt"] = receipt_json.link(made, bound.base_url)
        return as_json(written, headers=uncached())

    bound.preflight("/v1/verify")
    return bound
