"""What a page says about a verdict: never more certain than the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.verify.report import Finding, Outcome, Report, Verdict


@dataclass(frozen=True, slots=True)
class Face:
    """How a verdict is shown. ``tone`` and ``shape`` name a colour and an icon; either alone tells it."""

    tab: str
    headline: str
    tone: str
    shape: str
    advice: tuple[str, ...]


_TRY_AGAIN = "Try again in a few minutes: what did not answer may be back."
_ASK_ISSUER = "Ask the issuer itself, through its own website rather than through a link that you were given."

FACES: Mapping[Verdict, Face] = {
    Verdict.VALID: Face(
        "Valid",
        "This credential is real and still stands.",
        "good",
        "tick",
        (
            "It says who earned it, not who sent it to you: compare the name with the person you deal with.",
            "It can be withdrawn at any time. Check it again on the day that you decide.",
        ),
    ),
    Verdict.EXPIRED: Face(
        "Expired",
        "This credential is real, but it has expired.",
        "warn",
        "triangle",
        ("It proves what was true at the time. If it must be current, ask the holder for a renewed one.",),
    ),
    Verdict.NOT_YET_VALID: Face(
        "Not yet valid",
        "This credential is real, but not valid yet.",
        "warn",
        "triangle",
        ("Check it again once it has started.",),
    ),
    Verdict.REVOKED: Face(
        "Withdrawn",
        "The issuer has withdrawn this credential.",
        "bad",
        "octagon",
        ("Do not rely on it, whatever a printed or downloaded copy of it says.", _ASK_ISSUER),
    ),
    Verdict.SUSPENDED: Face(
        "On hold",
        "The issuer has put this credential on hold.",
        "warn",
        "triangle",
        ("It may be reinstated; check again before you decide.", _ASK_ISSUER),
    ),
    Verdict.INVALID: Face(
        "Not genuine",
        "This is not what the issuer signed.",
        "bad",
        "octagon",
        (
            "Do not rely on it. Nothing that it claims is shown here, because nobody can be held to it.",
            "Ask the person who gave it to you for the original. It may have been damaged without intent.",
            _ASK_ISSUER,
        ),
    ),
    Verdict.UNKNOWN: Face(
        "Could not check",
        "We could not tell.",
        "open",
        "question",
        (
            _TRY_AGAIN,
            "If it stays so, ask the holder for the original file.",
            _ASK_ISSUER,
        ),
    ),
}

_MAY_BE_BACK = frozenset({"key_unavailable", "status_list_unavailable"})
"""Codes of what did not answer; whatever else is unknown today is unknown tomorrow."""
_UNREADABLE = replace(
    FACES[Verdict.INVALID],
    headline="This cannot be read as a credential.",
    advice=(
        "Do not rely on it. Nothing that it claims is shown here, because nobody can be held to it.",
        "Part of it may have been lost on the way, as when a text is copied from a message. Ask for the original file.",
        _ASK_ISSUER,
    ),
)
_LEFT_OPEN = replace(FACES[Verdict.UNKNOWN], advice=("Ask the holder for the original file.", _ASK_ISSUER))
_BEYOND_US = replace(
    FACES[Verdict.UNKNOWN],
    advice=(
        "It is of a kind that Laurel cannot check. That says nothing against it: other software may be able to.",
        "Ask the holder whether there is another form of it, such as an Open Badges 3.0 file.",
        _ASK_ISSUER,
    ),
)
_NEVER_WITHDRAWN = replace(
    FACES[Verdict.VALID],
    advice=(
        FACES[Verdict.VALID].advice[0],
        "Its issuer cannot withdraw it: it would look the same if it had been given by mistake. If much depends, ask.",
    ),
)


def face(report: Report) -> Face:
    """How the verdict of ``report`` is shown: its own face, or one that fits the check that decided it better."""
    finding = decisive(report)
    without_status = any(item.code == "no_status" for item in report.findings)
    if report.verdict is Verdict.VALID and without_status:
        return _NEVER_WITHDRAWN
    if finding is not None and finding.check == "format":
        return {Verdict.INVALID: _UNREADABLE, Verdict.UNKNOWN: _BEYOND_US}.get(report.verdict, FACES[report.verdict])
    if finding is not None and report.verdict is Verdict.UNKNOWN:
        if finding.check == "context":
            return _BEYOND_US
        return FACES[Verdict.UNKNOWN] if finding.code in _MAY_BE_BACK else _LEFT_OPEN
    return FACES[report.verdict]


UNSURE: Mapping[str, str] = {
    "format": "It is not in a form that Laurel can read.",
    "structure": "Laurel cannot judge whether it is complete.",
    "context": "It uses words whose meaning Laurel does not know, so its signature could not be checked.",
    "proof": "Its signature could not be checked.",
    "signer": "Whether the key that signed it is the issuer’s could not be checked.",
    "dates": "It is what the issuer signed, but whether it is in force now could not be checked.",
    "status": "It is what the issuer signed, but whether it still stands could not be checked.",
    "recipient": "It is what the issuer signed, but whether it was given to this person could not be checked.",
}
"""By check: what is left open when that one could not be made. Why is said beside the check itself."""

OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.PASSED: ("Passed", "good"),
    Outcome.FAILED: ("Failed", "bad"),
    Outcome.UNKNOWN: ("Could not tell", "open"),
    Outcome.NOT_APPLICABLE: ("Not needed", "none"),
}
"""For each outcome its word and its tone."""

NOT_LOOKED_AT = ("Not looked at", "none")
LEFT_OUT = ("not_reached", "extras_not_followed")
"""Codes of checks that were not tried: "could not tell" would say that something stood in the way."""


def decisive(report: Report) -> Finding | None:
    """The finding that made the verdict what it is, None when there is none to name."""
    wanted = Outcome.UNKNOWN if report.verdict is Verdict.UNKNOWN else Outcome.FAILED
    informing = ("issuer", "extras")
    return next((item for item in report.findings if item.outcome is wanted and item.check not in informing), None)
