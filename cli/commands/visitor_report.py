"""Commands for reports by visitors; only for operators."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from chalicelib.credential.build import credential_url
from chalicelib.errors import LaurelError
from chalicelib.moderation import handling
from chalicelib.moderation.handling import Filter
from chalicelib.moderation.visitor_report import State, VisitorReport
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import show, table

COLUMNS = ("id", "at", "reason", "issuer", "page", "message", "email")


def add_commands(resources: Commands) -> None:
    """Add `visitor-report`."""
    verbs = grammar.verbs(resources, "visitor-report", "handle reports by visitors about a credential")
    listed = grammar.command(
        verbs,
        "list",
        list_all,
        "list the reports by visitors, newest first",
        "laurel visitor-report list",
        "laurel visitor-report list --state closed --issuer acme",
    )
    listed.add_argument(
        "--state", **grammar.one_of(State), default=State.OPEN, help="state of the report (default: %(default)s)"
    )
    listed.add_argument("--issuer", metavar="ID", help="only reports about credentials of this issuer")
    listed.add_argument(
        "--credential", metavar="ID", type=grammar.credential_id, help="only reports about this credential"
    )
    for verb, handler, description in (
        ("close", close, "close reports that have been handled; take down a page with `credential takedown`"),
        ("reopen", reopen, "reopen closed reports"),
    ):
        decide = grammar.command(verbs, verb, handler, description, f"laurel visitor-report {verb} REPORT")
        decide.add_argument("ids", nargs="+", metavar="REPORT", help="id of the report, as shown by `list`")


def list_all(services: Services, options: Namespace) -> int:
    """List the reports by visitors, newest first."""
    table(options.json, COLUMNS, (_members(services, report) for report in _reports(services, options)))
    return 0


def close(services: Services, options: Namespace) -> int:
    """Close each report."""
    return _set_all(services, options, State.CLOSED)


def reopen(services: Services, options: Namespace) -> int:
    """Reopen each report."""
    return _set_all(services, options, State.OPEN)


def _reports(services: Services, options: Namespace) -> Iterator[VisitorReport]:
    wanted = Filter(options.state, options.issuer, options.credential)
    before: str | None = None
    while True:
        page = handling.of_operators(services.moderation_context, wanted, before, handling.MAX_PAGE_SIZE)
        yield from page.reports
        before = page.next
        if before is None:
            return


def _set_all(services: Services, options: Namespace, state: State) -> int:
    failed = 0
    for report_id in options.ids:
        try:
            handling.set_operator_state(services.moderation_context, report_id, state)
        except LaurelError as error:
            failed += 1
            detail = error.detail or "The command failed."
            show(
                options.json,
                f"{report_id}  refused: {detail} ({error.code})",
                id=report_id,
                outcome="refused",
                code=error.code,
            )
            continue
        show(options.json, f"{report_id}  {state}", id=report_id, outcome="changed", state=state)
    return 1 if failed else 0


def _members(services: Services, report: VisitorReport) -> dict[str, object]:
    return {
        "id": report.id,
        "at": f"{report.at:%Y-%m-%d %H:%M}",
        "reason": report.reason,
        "issuer": report.issuer_id,
        "credential": report.credential_id,
        "page": credential_url(services.issuer_context.base_url, report.credential_id),
        "state": report.operator_state,
        "issuer_state": report.issuer_state,
        "message": report.message,
        "email": report.email,
    }
