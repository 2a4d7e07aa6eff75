"""Routes of the VC API (W3C Credentials Community Group), as its public test suites call them."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.errors import LaurelError, NotFound
from chalicelib.http.core import log, problem
from chalicelib.http.core.access import PUBLIC, verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, request_context
from chalicelib.http.vc_api import bodies, results
from chalicelib.settings import Function
from chalicelib.verifiers.scope import Scope
from chalicelib.verify.options import DEFAULT_OPTIONS
from chalicelib.verify.presentations.checks import NO_CREDENTIAL
from chalicelib.verify.report import CORE, Outcome, Report, Verdict

UNBOUND = "/without-issuer-binding"
"""Before a path: the signature may be by anyone. Some suites sign with a key that is not the issuer's."""
LIMITED = verifier(Scope.VERIFY, anonymous=True)
"""The same limit as `/v1/verify`, so that the VC API is no way around it."""
_OFF = "This deployment signs nothing for tests. The setting VC_API_ISSUING switches it on, outside production."


def routes(services: Services) -> Routes:
    """Create the routes of the VC API."""
    bound = Routes(__name__, services, Function.VERIFY)

    def verify(request: Request, name: str, *, any_signer: bool = False) -> Reply:
        wanted = bodies.verifiable(request, name, any_signer=any_signer)
        visit = request_context.create(request, Kind.VERIFICATION)
        report = services.submitted_reports.check_document(wanted.source, visit, wanted.options)
        log.answered(visit.kind, report.verdict)
        if report.is_presentation != (name == "verifiablePresentation"):
            raise body.field_error(f"/{name}", "This is something else.")
        return results.of_report(report, verified=_is_verified(report, proof_only=wanted.proof_only))

    @bound.bind("/credentials/verify", access=LIMITED, methods=("POST",))
    def verify_credential(request: Request, _caller: ApiCaller) -> Reply:
        return _answered(lambda: verify(request, "verifiableCredential"))

    @bound.bind("/presentations/verify", access=LIMITED, methods=("POST",))
    def verify_presentation(request: Request, _caller: ApiCaller) -> Reply:
        return _answered(lambda: verify(request, "verifiablePresentation"))

    @bound.bind(f"{UNBOUND}/credentials/verify", access=LIMITED, methods=("POST",))
    def verify_unbound_credential(request: Request, _caller: ApiCaller) -> Reply:
        return _answered(lambda: verify(request, "verifiableCredential", any_signer=True))

    @bound.bind(f"{UNBOUND}/presentations/verify", access=LIMITED, methods=("POST",))
    def verify_unbound_presentation(request: Request, _caller: ApiCaller) -> Reply:
        return _answered(lambda: verify(request, "verifiablePresentation", any_signer=True))

    for path in tuple(bound.methods):
        bound.preflight(path)

    @bound.bind("/credentials/issue", access=PUBLIC, methods=("POST",))
    def issue(request: Request) -> Reply:
        return _answered(lambda: _issue(services, request, None))

    @bound.bind("/credentials/issue/{suite}", access=PUBLIC, methods=("POST",))
    def issue_with(request: Request, suite: str) -> Reply:
        return _answered(lambda: _issue(services, request, suite))

    return bound


def _answered(answer: Callable[[], Reply]) -> Reply:
    """Run ``answer``; an error becomes JSON with `problemDetails`, which the suites expect of every response."""
    try:
        return answer()
    except LaurelError as error:
        known = problem.problem_from_error(error, _OFF)
        if known is None:
            raise
        return results.of_problem(known)


def _is_verified(report: Report, *, proof_only: bool) -> bool:
    if not proof_only:
        return report.verdict is Verdict.VALID or _shows_only_holder(report)
    core = [finding for each in (report, *report.within()) for finding in each.findings if finding.check in CORE]
    return all(finding.outcome is Outcome.PASSED for finding in core)


def _shows_only_holder(report: Report) -> bool:
    """Whether it is on a presentation without credentials in which nothing is wrong. A report has no verdict on it."""
    undecided = [finding for finding in report.findings if finding.outcome not in results.SETTLED]
    return report.is_presentation and [finding.code for finding in undecided] == [NO_CREDENTIAL.code]


def _issue(services: Services, request: Request, suite: str | None) -> Reply:
    """Sign a credential with a test key, if it is then one that Laurel itself accepts."""
    if not services.settings.vc_api_issuing:
        raise NotFound("no issuing")
    from chalicelib.award import interop_issuer  # imported late: verifying needs no private key

    suite = suite or interop_issuer.SUITES[0]
    if suite not in interop_issuer.SUITES:
        raise Problem("not_found", f"Laurel signs with {', '.join(interop_issuer.SUITES)}.")
    credential = bodies.issuable(request)
    try:
        issued = interop_issuer.issue(
            credential, base_url=services.settings.base_url, suite=suite, now=services.submitted_reports.clock()
        )
    except LaurelError as error:
        return results.refused(error.code, error.detail)
    source = bodies.written(issued)
    visit = request_context.create(request, Kind.VERIFICATION)
    report = services.submitted_reports.check_document(source, visit, DEFAULT_OPTIONS)
    if not _is_verified(report, proof_only=True):
        return results.of_report(report, verified=False)
    return as_json({"verifiableCredential": issued}, status=201, headers=uncached())
