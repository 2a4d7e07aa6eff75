"""API errors (RFC 9457) by their stable code. docs/api.md prints this table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from chalicelib.errors import LaurelError, OnlyLinks, QuotaExceeded, TooMany, UnreadableLink
from chalicelib.language.phrase import phrase


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error: its HTTP status and its title."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "malformed": Kind(400, "Invalid input"),
    "not_utf8": Kind(400, "The input is not valid UTF-8"),
    "not_json": Kind(400, "The input is not valid JSON"),
    "not_an_object": Kind(400, "The input is not a JSON object"),
    "duplicate_name": Kind(400, "A JSON object has a duplicate name"),
    "number_out_of_range": Kind(400, "A number is out of range"),
    "too_deep": Kind(400, "The JSON is nested too deeply"),
    "too_many_members": Kind(400, "The JSON has too many members"),
    "lone_surrogate": Kind(400, "The JSON contains a lone surrogate"),
    "invalid_request": Kind(400, "Invalid request"),
    "idempotency_key_unsupported": Kind(400, "Idempotency-Key not supported"),
    "unauthenticated": Kind(401, "Authentication required"),
    "bad_signature": Kind(401, "Invalid message signature"),
    "forbidden": Kind(403, "Permission denied"),
    "name_change_needs_operator": Kind(403, "Registered name cannot be changed"),
    "not_found": Kind(404, "Not found"),
    "method_not_allowed": Kind(405, "Method not allowed"),
    "not_acceptable": Kind(406, "Format not available"),
    "conflict": Kind(409, "Conflict with the current state"),
    "message_id_reused": Kind(409, "Message id already used"),
    "no_profile": Kind(410, "No public profile"),
    "taken_down": Kind(410, "This page was taken down"),
    "erased": Kind(410, "This credential was deleted"),
    "too_large": Kind(413, "Request too large"),
    "unsupported_media_type": Kind(415, "Unsupported media type"),
    "nothing_found": Kind(422, "No credential found"),
    "too_many_items": Kind(422, "Too many credentials"),
    "not_a_presentation": Kind(422, "Not a presentation"),
    "url_refused": Kind(422, "Link not allowed"),
    "link_unreachable": Kind(422, "Link could not be read"),
    "course_unknown": Kind(422, "Unknown course"),
    "domain_shared": Kind(422, "Shared domain"),
    "message_incomplete": Kind(422, "Incomplete message"),
    "bad_cursor": Kind(400, "Invalid cursor"),
    "directory_query": Kind(400, "Invalid search"),
    "version_conflict": Kind(409, "Changed by someone else in the meantime"),
    "achievement_archived": Kind(422, "Achievement archived"),
    "bad_text": Kind(422, "Invalid text"),
    "bad_zone": Kind(422, "Unknown timezone"),
    "bad_lang": Kind(422, "Unknown language"),
    "evidence_required": Kind(422, "Evidence required"),
    "idempotency_key_in_use": Kind(409, "Idempotency-Key in use"),
    "idempotency_key_reused": Kind(422, "Idempotency-Key already used for another request"),
    "rows_refused": Kind(422, "Some rows have errors"),
    "duplicates": Kind(422, "Some rows have the same email address"),
    "revoked_is_final": Kind(422, "A revoked credential cannot be changed"),
    "not_a_step": Kind(422, "Not a step of this pathway"),
    "not_valid": Kind(409, "Credential is not valid"),
    "endpoint_paused": Kind(422, "Endpoint paused"),
    "not_a_referral": Kind(422, "Not a referral"),
    "referral_expired": Kind(422, "Referral too old"),
    "nothing_to_correct": Kind(422, "Nothing to correct"),
    "name_reserved": Kind(422, "Name reserved"),
    "not_contactable": Kind(422, "Messages not accepted"),
    "blocked_sender": Kind(422, "Message not allowed"),
    "bad_outcomes": Kind(400, "Some outcomes have errors"),
    "too_many_outcome_names": Kind(422, "Too many outcome names"),
    "too_many_corrections": Kind(422, "Changed too often"),
    "bad_hash": Kind(422, "Invalid hash"),
    "too_many_outcomes": Kind(422, "Too many outcomes to compare"),
    "too_many_saved": Kind(422, "Saved list is full"),
    "not_watchable": Kind(422, "Cannot be watched"),
    "email_not_confirmed": Kind(422, "Email address not confirmed"),
    "too_many_watches": Kind(422, "Too many watches"),
    "watch_disabled": Kind(422, "Watch disabled"),
    "superseded": Kind(422, "Already replaced"),
    "refused": Kind(422, "Not allowed"),
    "too_many_requests": Kind(429, "Too many requests"),
    "issuing_quota_exceeded": Kind(429, "Daily issuing limit reached"),
    "daily_limit_exceeded": Kind(429, "Daily limit reached"),
    "internal": Kind(500, "Something went wrong"),
    "format_not_supported": Kind(501, "Format not supported"),
    "unavailable": Kind(503, "Temporarily unavailable"),
    "out_of_time": Kind(504, "The link timed out"),
    "timeout": Kind(504, "Request timed out"),
}

RETRY_AFTER = 5
"""Seconds; a throttled or failing-over table recovers within a few."""


class Problem(LaurelError):
    """An error of the HTTP layer; ``code`` is a key of `KINDS`.

    ``errors`` name the invalid fields (``{"pointer", "detail"}``, RFC 6901 pointers into the body); ``more`` holds
    extension members of the problem document.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: tuple[Mapping[str, str], ...] = (),
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail, code=code)
        self.errors = errors
        self.more = more or {}
        self.headers = headers or {}

    @property
    def kind(self) -> Kind:
        """The kind of error: status and title."""
        return KINDS[self.code]

    def document(self) -> dict[str, object]:
        """Serialize the problem document."""
        document: dict[str, object] = {
            "type": f"urn:problem-type:laurel:{self.code}",
            "title": self.kind.title,
            "status": self.kind.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = list(self.errors)
        if "WWW-Authenticate" in self.headers:
            # Repeated here because API Gateway renames this header of every function's response (API Gateway developer
            # guide, "Important notes"), and a response of a proxy integration cannot be mapped back.
            document["authenticate"] = self.headers["WWW-Authenticate"]
        return {**document, **self.more}


def problem_from_error(error: LaurelError, missing: str) -> Problem | None:
    """Map a domain error to the problem that the caller sees, or None for an internal error.

    ``missing`` is the advice to show with a 404.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnreadableLink):
        return _of_link(error)
    code = _code(error)
    if code == "not_found":
        return Problem(code, missing)
    if code == "unavailable":
        detail = "A service that Laurel depends on did not respond. No data was lost. Try again in a few seconds."
        return Problem(code, detail, headers={"Retry-After": str(RETRY_AFTER)})
    if code is None:
        return None
    error_entry = {"pointer": "", "detail": error.detail}
    errors = (error_entry,) if KINDS[code].status == HTTPStatus.BAD_REQUEST else ()
    # RFC 9110, 11.6.1: every 401 names an authentication scheme.
    headers = {"WWW-Authenticate": "Bearer"} if KINDS[code].status == HTTPStatus.UNAUTHORIZED else {}
    if isinstance(error, TooMany | QuotaExceeded):
        headers = {"Retry-After": str(error.seconds)}
    more = {"links": list(error.links)} if isinstance(error, OnlyLinks) else None
    return Problem(code, error.detail, errors=errors, more=more, headers=headers)


_REFUSED = ("url_refused", "address_refused", "redirect_refused")
"""Codes of the SSRF guard, which refused to open the link."""


def _of_link(error: UnreadableLink) -> Problem:
    # Nothing was verified, so return a request error instead of a report. `reason` is the fetcher's code.
    more = {"reason": error.code}
    if error.code in _REFUSED:
        return Problem(
            "url_refused",
            phrase("{detail} Paste the credential itself, or upload its file.", detail=phrase(error.detail)),
            more=more,
        )
    if error.code == "out_of_time":
        return Problem(
            "out_of_time", phrase("{detail} Nothing was checked. Try again.", detail=phrase(error.detail)), more=more
        )
    detail = phrase(
        "{detail} Nothing was checked. Check the link, or paste the credential itself.", detail=phrase(error.detail)
    )
    return Problem("link_unreachable", detail, more=more)


def internal(request_id: str) -> Problem:
    """Create the problem for an internal error; ``request_id`` identifies it in the log."""
    detail = phrase(
        "This is an error on our side, and it has been logged. Try again. If the problem continues, contact us and "
        "quote this id: {id}",
        id=request_id,
    )
    return Problem("internal", detail, more={"id": request_id})


def of_chalice(status: int, methods: Sequence[str]) -> Problem:
    """Create the problem for an error response of Chalice's own; ``methods`` are those that the path supports."""
    match status:
        case HTTPStatus.METHOD_NOT_ALLOWED if methods:
            listed = " and ".join(filter(None, (", ".join(methods[:-1]), methods[-1])))
            # RFC 9110, 15.5.6: every 405 names the supported methods.
            headers = {"Allow": ", ".join(methods)}
            return Problem(
                "method_not_allowed", phrase("This URL supports only {methods}.", methods=listed), headers=headers
            )
        case HTTPStatus.METHOD_NOT_ALLOWED | HTTPStatus.NOT_FOUND:
            return Problem("not_found", "Check that you copied the whole URL.")
        case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return Problem("unsupported_media_type", "Send application/json.")
        case _ if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Problem("invalid_request", "Laurel could not understand the request.")
        case _:
            return internal("unknown")


def _code(error: LaurelError) -> str | None:
    # A code outside the table is undocumented, so fall back to the more general code of its class.
    return next((code for code in (error.code, type(error).code) if code in KINDS), None)
