"""Submitted credentials: extract the bytes or the link from a request, in any supported envelope."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalice.app import Request

from chalicelib.analytics.event import Visit
from chalicelib.award.input import json_pointer
from chalicelib.credential import strict_json
from chalicelib.errors import Erased, NotFound, TakenDown
from chalicelib.http.core import log
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.input import body, form
from chalicelib.http.public import recipient_form
from chalicelib.http.public.recipient_form import NO_RECIPIENT, RecipientForm
from chalicelib.reports import pasted
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions

if TYPE_CHECKING:
    from chalicelib.reports.submitted import SubmittedReport

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

_ENVELOPE = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:url|credential|recipient)"\s*:')
"""Start of an envelope. An envelope has no other members, so one of these comes first; no credential starts so."""
_LIMITS = strict_json.Limits(
    size=pasted.MAX_SIZE + MAX_ENVELOPE, depth=strict_json.DEFAULT.depth + 1, members=strict_json.DEFAULT.members + 4
)
"""Limits of an envelope: the credential in it may be as large as one submitted alone."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission; ``link`` means that ``data`` was sent as a link and must be treated as one."""

    data: bytes
    options: VerificationOptions = DEFAULT_OPTIONS
    link: bool = False


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
        members = strict_json.parse(content.removeprefix(b"\xef\xbb\xbf"), _LIMITS)
        if "@context" not in members:
            return _in_envelope(members)
    return Submission(content)


def by_person(request: Request, base_url: str) -> tuple[Submission, Typed]:
    """Read the form of the home page, or of a result; return the submission and the typed text.

    A link to a credential at ``base_url`` may be typed without its scheme, as browsers show it. The caller shows the
    text again with any error, so `require_one` refuses a file and a text together.

    Raises `Problem` with code `too_large`, `malformed`, `unsupported_media_type`.
    """
    content = body.content(request, MAX_BODY)
    if body.media_type(request) != form.MULTIPART:
        raise body.unsupported(content, f"Send {form.MULTIPART}. Programs can send any type to /v1/verify.")
    sent = form.read(content, request.headers["content-type"])
    typed = sent.fields.get("credential", b"")
    data = sent.files[0] if sent.files else _with_scheme(typed, base_url)
    entered = recipient_form.entered(sent.fields["email"]) if "email" in sent.fields else NO_RECIPIENT
    text = typed.decode("utf-8", "replace")
    return Submission(data, entered.options), Typed(text, entered, beside_file=bool(sent.files and text.strip()))


def require_one(typed: Typed) -> None:
    """Refuse a file and a text in one form. Raises `Problem` (`invalid_request`)."""
    if typed.beside_file:
        raise Problem("invalid_request", _BOTH)


def _with_scheme(typed: bytes, base_url: str) -> bytes:
    scheme, _, host = base_url.partition("://")
    link = typed.strip()
    return f"{scheme}://".encode() + link if link.startswith(f"{host}/c/".encode()) else typed


def text_of(submitted: Submission) -> bytes:
    """Return the text of the submission; for an image, of the credential in it. Raises `Malformed`."""
    found = pasted.read(submitted.data)
    return found.source if isinstance(found, pasted.Document) else submitted.data


def hosted_id(services: Services, submitted: Submission) -> str | None:
    """Return the id of the hosted credential whose link was submitted; None for any other submission.

    Raises `Malformed` for invalid input; `Problem` for a link to a hosted credential that does not exist.
    """
    found = pasted.read(submitted.data)
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
    except (TakenDown, Erased):
        raise
    except NotFound as error:
        raise Problem("nothing_found", MISSING) from error
    if counted:
        log.answered(visit.kind, checked.report.verdict)
    return checked


def _in_form(sent: form.Form) -> Submission:
    unknown = sorted(sent.fields.keys() - {"credential", "recipient"})
    if unknown:
        raise body.field_error("", "Send a file or the field credential, and optionally the field recipient.")
    found = [*sent.files, *filter(None, [sent.fields.get("credential")])]
    if len(found) > 1:
        raise body.field_error("/credential", "Send one credential at a time.")
    recipient = sent.fields.get("recipient")
    if recipient is None:
        return Submission(found[0] if found else b"")
    address = body.email(recipient.decode("utf-8", "replace").strip(), "/recipient")
    return Submission(found[0] if found else b"", VerificationOptions(email=address))


def _in_envelope(members: dict[str, object]) -> Submission:
    for name in members.keys() - {"url", "credential", "recipient"}:
        raise body.field_error(json_pointer.member(name), "Unknown field.")
    options = VerificationOptions(email=body.recipient_email(members)) if "recipient" in members else DEFAULT_OPTIONS
    match members:
        case {"url": _, "credential": _}:
            raise body.field_error("/url", "Send either url or credential.")
        case {"url": str(url)} if url:
            return Submission(url.encode("utf-8"), options, link=True)
        case {"credential": dict(credential)}:
            # Strict JSON means the same in any serialization, so serializing it again changes nothing that is signed.
            return Submission(
                json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), options
            )
        case {"credential": str(token)}:
            return Submission(token.encode("utf-8"), options)
        case {"url": _}:
            raise body.field_error("/url", "This must be a string with one link.")
        case {"credential": _}:
            raise body.field_error("/credential", "This must be one credential: a JSON object, or a JWT as a string.")
    raise body.field_error("", "Send url or credential.")
