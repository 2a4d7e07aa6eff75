"""Page text for a presentation; it is never more certain than its report."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.http.public.credential.verdict_text import VerdictText, decisive, issuer_proven
from chalicelib.verify.report import Report, Verdict

_READ_EACH = "Read the result of each credential, and check who issued it."
_SOME = "Not every credential in this presentation is valid."
_NOT_PROVEN = VerdictText(
    "Valid, issuer not proven",
    "This presentation is genuine and valid, but an issuer’s identity is not proven.",
    "caution",
    "notice",
    (_READ_EACH,),
)
_TEXTS: Mapping[Verdict, VerdictText] = {
    Verdict.VALID: VerdictText(
        "Valid", "This presentation is genuine, and every credential in it is valid.", "good", "tick", (_READ_EACH,)
    ),
    Verdict.EXPIRED: VerdictText("Not all valid", _SOME, "warn", "triangle", (_READ_EACH,)),
    Verdict.NOT_YET_VALID: VerdictText("Not all valid", _SOME, "warn", "triangle", (_READ_EACH,)),
    Verdict.REVOKED: VerdictText("Not all valid", _SOME, "bad", "octagon", (_READ_EACH,)),
    Verdict.SUSPENDED: VerdictText("Not all valid", _SOME, "warn", "triangle", (_READ_EACH,)),
    Verdict.INVALID: VerdictText("Not all valid", _SOME, "bad", "octagon", (_READ_EACH,)),
    Verdict.UNKNOWN: VerdictText(
        "Not verified", "We could not verify everything in this presentation.", "open", "question", (_READ_EACH,)
    ),
}
_REFUSED = VerdictText(
    "Not valid",
    "This presentation is not valid.",
    "bad",
    "octagon",
    ("Do not rely on it to show who its holder is.", _READ_EACH),
)


def text_of(report: Report) -> VerdictText:
    """Return the headline and advice for a presentation."""
    if report.verdict is Verdict.VALID and not all(issuer_proven(each.report) for each in report.contained):
        return _NOT_PROVEN
    own = decisive(report) if report.verdict is Verdict.INVALID else None
    return _TEXTS[report.verdict] if own is None else _REFUSED


def line_of(report: Report) -> str:
    """Return the sentence under the headline of a presentation: what is known of its holder."""
    found = decisive(report) or next((item for item in report.findings if item.check == "signer"), None)
    return found.message if found else ""
