"""Submitted credentials: extract the bytes or the link from a request, in any supported envelope."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalice.app import Request

from chalicelib import json_pointer
from chalicelib.analytics.event import Visit
from chalicelib.credential import strict_json
from chalicelib.errors import Erased, LaurelError, NotFound, TakenDown
from chalicelib.http.core import log
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem, problem_from_error
from chalicelib.http.input import body, form
from chalicelib.http.public.credential import recipient_form
from chalicelib.http.public.credential.recipient_form import LF, NO_RECIPIENT, RecipientForm
from chalicelib.reports import pasted, wrapping
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions

if TYPE_CHECKING:
    from chalicelib.reports.submitted import SubmittedReport
    from chalicelib.verify.report import Report

MAX_ENVELOPE = 16 * 1024
"""Maximum overhead of a form or a JSON envelope around the credential, in bytes."""
MAX_BODY = pasted.MAX_IMAGE + MAX_ENVELOPE
MISSING = (
    "Laurel has no credential at this URL. "
    "Check that you copied the whole link: the part after /c/ is 26 characters long."
)
_BOTH = (
    "You chose a file and also entered text, so nothing was checked. Send one of them: check the text below, or clear "
    "it and choose the file again."
)

_MEMBERS = frozenset({"url", "credential", "credentials", "recipient", "challenge", "domain", "receipt"})
_ENVELOPE = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:url|credentials?|recipient|challenge|domain|receipt)"\s*:')
"""Start of an envelope. An envelope has no other members, so one of these comes first; no credential starts so."""
MAX_REQUESTED = 1024
"""Maximum length of a challenge or a domain, in characters."""
_LIMITS = strict_json.Limits(
    size=pasted.MAX_SIZE + MAX_ENVELOPE, depth=strict_json.DEFAULT.depth + 1, members=strict_json.DEFAULT.members + 4
)
"""Limits of an envelope: the credential in it may be as large as one submitted alone."""
_LIST_LIMITS = strict_json.Limits(
    size=MAX_BODY, depth=_LIMITS.depth + 1, members=wrapping.MAX_SEVERAL * strict_json.DEFAULT.members
)
"""Limits of an envelope with several credentials, which have their own limits too."""
NOT_A_PRESENTATION = (
    "This is not a presentation, so its holder has not signed a challenge or a domain. "
    "Ask the holder for a presentation."
)


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission; ``link`` means that ``data`` was sent as a link and must be treated as one.

    ``parts`` are several credentials and links, in the place of ``data``.
    """

    data: bytes
    options: VerificationOptions = DEFAULT_OPTIONS
    link: bool = False
    parts: tuple[bytes, ...] = ()
    receipt: bool = False
    """Whether a receipt is wanted."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The typed input of a person: the text of the credential's field, and the address of the recipient.

    ``beside_file`` means that a file was sent too, so that it is not clear which of the two to check.
    """

    text: str = ""
    recipient: RecipientForm = NO_RECIPIENT
    beside_file: bool = False


def by_program(request: Request) -> Submission:
    """Read a submission of an API client: a credential or a link, as the body, in a form, or in a JSON envelope.

    The body decides, not its `Content-Type`, which many clients get wrong; only a form cannot be parsed without it.
    Raises `Problem` with code `too_large`, `malformed`, `invalid_request`, and whatever `strict_json.parse` raises.
    """
    content = body.content(request, MAX_BODY)
    if body.media_type(request) == form.MULTIPART:
        return _in_form(form.read(content, request.headers["content-type"]))
    if _ENVELOPE.match(content):
        limits = _LIST_LIMITS if b'"credentials"' in content else _LIMITS
        members = strict_json.parse(content.removeprefix(b"\xef\xbb\xbf"), limits)
        if "@context" not in members:
            return _in_envelope(members)
    parts = wrapping.several(content)
    return Submission(b"", parts=parts) if parts else Submission(content)


def by_person(request: Request) -> tuple[Submission, Typed]:
    """Read the form of the home page, or of a result; return the submission and the typed text.

    The caller shows the text again with any error, so `require_one` refuses a file and a text together.

    Raises `Problem` with code `too_large`, `malformed`, `unsupported_media_type`.
    """
    content = body.content(request, MAX_BODY)
    if body.media_type(request) != form.MULTIPART:
        raise body.unsupported(content, f"Send {form.MULTIPART}. Programs can send any type to /v1/verify.")
    sent = form.read(content, request.headers["content-type"])
    typed = sent.fields.get("credential", b"")
    data = sent.files[0] if sent.files else typed
    breaks = sent.fields.get("receipt")
    if breaks == LF:
        data = data.replace(b"\r\n", b"\n")
    entered = recipient_form.entered(sent.fields["email"]) if "email" in sent.fields else NO_RECIPIENT
    text = typed.decode("utf-8", "replace")
    return Submission(data, entered.options, receipt=breaks is not None), Typed(
        text, entered, beside_file=bool(sent.files and text.strip())
    )


def require_one(typed: Typed) -> None:
    """Refuse a file and a text in one form. Raises `Problem` (`invalid_request`)."""
    if typed.beside_file:
        raise Problem("invalid_request", _BOTH)


def text_of(submitted: Submission, base_url: str) -> bytes:
    """Return the text of the submission; for an image, of the credential in it. Raises `Malformed`."""
    found = pasted.read(submitted.data, base_url)
    return found.source if isinstance(found, pasted.Document) else submitted.data


def hosted_id(services: Services, submitted: Submission) -> str | None:
    """Return the id of the hosted credential whose link was submitted; None for any other submission.

    Raises `Malformed` for invalid input; `Problem` for a link to a hosted credential that does not exist.
    """
    found = pasted.read(submitted.data, services.settings.base_url)
    try:
        return services.submitted_reports.hosted_id(found.url) if isinstance(found, pasted.Link) else None
    except NotFound as error:
        raise Problem("nothing_found", MISSING) from error


def check(services: Services, submitted: Submission, visit: Visit, *, counted: bool = True) -> SubmittedReport:
    """Verify a submission; nothing is recorded unless ``counted``.

    Raises what `SubmittedReports` raises, but `Problem` instead of `NotFound`.
    """
    try:
        if submitted.link:
            link = submitted.data.decode("utf-8")
            checked = services.submitted_reports.check_link(link, visit, submitted.options, counted=counted)
        else:
            checked = services.submitted_reports.check(submitted.data, visit, submitted.options, counted=counted)
    except NotFound as error:
        raise as_answered(error) from error
    require_presentation(checked.report, submitted.options)
    if counted:
        log.answered(visit.kind, checked.report.verdict)
    return checked


def as_answered(error: LaurelError) -> LaurelError:
    """Return the error that a submission gets for ``error``: a link that leads to nothing is not a missing route."""
    if isinstance(error, NotFound) and not isinstance(error, TakenDown | Erased):
        return Problem("nothing_found", MISSING)
    return error


def problem_document(error: LaurelError) -> dict[str, object]:
    """Serialize why one of several submissions has no report. Raises ``error`` if it is not about the submission."""
    found = problem_from_error(as_answered(error), MISSING)
    if found is None:
        raise error
    return found.document()


def require_presentation(report: Report, options: VerificationOptions) -> None:
    """Refuse to answer for a challenge or a domain that no one can have signed. Raises `Problem`.

    What could not be read may be a presentation; it is never valid.
    """
    answers = report.is_presentation or report.is_bound
    if options.asks_holder and report.format is not None and not answers:
        raise Problem("not_a_presentation", NOT_A_PRESENTATION)


def _in_form(sent: form.Form) -> Submission:
    unknown = sorted(sent.fields.keys() - {"credential", "recipient", "receipt"})
    if unknown:
        raise body.field_error(
            "", "Send a file or the field credential, and optionally the fields recipient and receipt."
        )
    found = [*sent.files, *filter(None, [sent.fields.get("credential")])]
    if len(found) > 1:
        raise body.field_error("/credential", "Send one credential at a time.")
    if sent.fields.get("receipt", b"true") not in (b"true", b"false"):
        raise body.field_error("/receipt", "This must be true or false.")
    data, receipt = found[0] if found else b"", sent.fields.get("receipt") == b"true"
    recipient = sent.fields.get("recipient")
    if recipient is None:
        return Submission(data, receipt=receipt)
    address = body.email(recipient.decode("utf-8", "replace").strip(), "/recipient")
    return Submission(data, VerificationOptions(email=address), receipt=receipt)


def _in_envelope(members: dict[str, object]) -> Submission:
    for name in members.keys() - _MEMBERS:
        raise body.field_error(json_pointer.member(name[: body.MAX_NAME]), "Unknown field.")
    options = VerificationOptions(
        email=body.recipient_email(members) if "recipient" in members else None,
        challenge=_requested(members, "challenge"),
        domain=_requested(members, "domain"),
    )
    sent = _chosen(members, options)
    if body.wants_receipt(members) and sent.parts:
        raise body.field_error("/receipt", "Ask for a receipt for one credential at a time.")
    return replace(sent, receipt=body.wants_receipt(members))


def _chosen(members: dict[str, object], options: VerificationOptions) -> Submission:
    if len(members.keys() & {"url", "credential", "credentials"}) > 1:
        raise body.field_error("/url", "Send one of url, credential and credentials.")
    match members:
        case {"credentials": list(items)}:
            return Submission(b"", options, parts=_each(items))
        case {"credentials": _}:
            raise body.field_error("/credentials", "This must be a list.")
        case {"url": str(url)} if url:
            return Submission(url.encode("utf-8"), options, link=True)
        case {"credential": dict(credential)}:
            return Submission(_serialized(credential), options)
        case {"credential": str(token)}:
            return Submission(token.encode("utf-8"), options)
        case {"url": _}:
            raise body.field_error("/url", "This must be a string with one link.")
        case {"credential": _}:
            raise body.field_error("/credential", "This must be one credential: a JSON object, or a JWT as a string.")
    raise body.field_error("", "Send url, credential or credentials.")


def _each(items: list[object]) -> tuple[bytes, ...]:
    if len(items) > wrapping.MAX_SEVERAL:
        raise Problem("too_many_items", f"Send up to {wrapping.MAX_SEVERAL} credentials or links at once.")
    if not items:
        raise body.field_error("/credentials", "Send at least one credential or link.")
    for number, item in enumerate(items):
        if not item or not isinstance(item, str | dict):
            pointer = f"/credentials/{number}"
            raise body.field_error(pointer, "This must be a credential or a link: a JSON object or a string.")
    return tuple(_serialized(item) if isinstance(item, dict) else str(item).encode("utf-8") for item in items)


def _serialized(credential: dict[str, object]) -> bytes:
    # Strict JSON means the same in any serialization, so serializing it again changes nothing that is signed.
    return json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _requested(members: dict[str, object], name: str) -> str | None:
    if name not in members:
        return None
    value = members[name]
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_REQUESTED:
        raise body.field_error(json_pointer.member(name), f"This must be a string of up to {MAX_REQUESTED} characters.")
    return value
