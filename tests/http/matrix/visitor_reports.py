"""Entries for reports by visitors."""

from __future__ import annotations

from chalicelib.moderation import submission
from chalicelib.moderation.submission import Draft
from chalicelib.moderation.visitor_report import Reason
from tests.http.matrix import Builder, Call, EntryContext


def create_report(at: EntryContext) -> str:
    draft = Draft(Reason.OTHER, "Canary report", "eve@canary.example")
    return submission.submit(at.laurel.moderation_context, at.credential, draft, "203.0.113.9").id


def list_page(at: EntryContext) -> str:
    create_report(at)
    return f"/console/{at.console_issuer}/reports"


def operators_list(at: EntryContext) -> str:
    create_report(at)
    return "/v1/visitor-reports"


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/visitor-reports"): lambda at: Call(operators_list(at)),
    ("PUT", "/v1/visitor-reports/{id}"): lambda at: Call(
        f"/v1/visitor-reports/{create_report(at)}", json={"state": "closed"}
    ),
    ("GET", "/console/{issuer}/reports"): lambda at: Call(list_page(at)),
    ("POST", "/console/{issuer}/reports/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/reports/{create_report(at)}", form={"do": "close"}, allowed_status=303
    ),
}
