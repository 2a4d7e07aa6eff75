"""Page text for verdicts; it is never more certain than the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.verify.keys.controllers import SUPERSEDED
from chalicelib.verify.report import CORE, Finding, Outcome, Report, Verdict
from chalicelib.verify.verification_context import PARTLY_UNSIGNED


@dataclass(frozen=True, slots=True)
class VerdictText:
    """Presentation of a verdict. ``tone`` names a colour and ``shape`` an icon; either alone identifies the verdict."""

    tab: str
    headline: str
    tone: str
    shape: str
    advice: tuple[str, ...]


_TRY_AGAIN = "Try again in a few minutes. The service that did not respond may be available by then."
_ASK_ISSUER = "Contact the issuer directly, through its own website rather than a link that you were sent."
_ASK_NAMED = "If you know which organization should have issued it, contact that organization through its own website."
_NOT_SHOWN = "Do not rely on it. Its contents are not shown here, because no issuer has confirmed them."

VERDICT_TEXTS: Mapping[Verdict, VerdictText] = {
    Verdict.VALID: VerdictText(
        "Valid",
        "This credential is genuine and valid.",
        "good",
        "tick",
        (
            "Check that the name matches the person you are dealing with.",
            "The issuer can revoke it at any time. Check it again on the day you decide.",
        ),
    ),
    Verdict.EXPIRED: VerdictText(
        "Expired",
        "This credential is genuine, but it has expired.",
        "warn",
        "triangle",
        ("It shows what was true at the time. If you need a current one, ask the holder for a renewed credential.",),
    ),
    Verdict.NOT_YET_VALID: VerdictText(
        "Not yet valid",
        "This credential is genuine, but not valid yet.",
        "warn",
        "triangle",
        ("Check it again after its start date.",),
    ),
    Verdict.REVOKED: VerdictText(
        "Revoked",
        "This credential has been revoked.",
        "bad",
        "octagon",
        ("Do not rely on it, even if a printed or downloaded copy looks valid.", _ASK_ISSUER),
    ),
    Verdict.SUSPENDED: VerdictText(
        "Suspended",
        "This credential is suspended.",
        "warn",
        "triangle",
        ("The issuer may reinstate it. Check again before you decide.", _ASK_ISSUER),
    ),
    Verdict.INVALID: VerdictText(
        "Not genuine",
        "This credential is not genuine.",
        "bad",
        "octagon",
        (
            _NOT_SHOWN,
            "Ask the person who gave it to you for the original file or link. It may have been damaged by accident.",
            _ASK_NAMED,
        ),
    ),
    Verdict.UNKNOWN: VerdictText(
        "Not verified",
        "We could not verify this credential.",
        "open",
        "question",
        (
            _TRY_AGAIN,
            "If the problem continues, ask the holder for the original file.",
            _ASK_ISSUER,
        ),
    ),
}

_UNREACHED = frozenset({"badge_unavailable", "key_unavailable", "status_list_unavailable"})
"""Codes of what could not be read at the address in the credential."""
_UNREADABLE = replace(
    VERDICT_TEXTS[Verdict.INVALID],
    tab="Not readable",
    headline="This cannot be read as a credential.",
    tone="warn",
    shape="triangle",
    advice=(
        "Part of it may be missing, for example because it was copied from an email. Ask for the original file.",
        "Do not rely on it until you have checked the complete credential.",
    ),
)
"""Not the tone of a forged credential: it may be genuine and badly copied."""
_NOT_STANDARD = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    headline="This credential does not follow the standard, so its signature was not checked.",
    advice=(
        "Do not rely on it. This does not mean that it is forged: some issuers make such mistakes.",
        "Ask the person who gave it to you for the original file. It may have been changed by accident.",
        _ASK_ISSUER,
    ),
)
_SIGNATURE_NOT_CURRENT = replace(
    VERDICT_TEXTS[Verdict.INVALID],
    tab="Signature not currently valid",
    headline="The signature of this credential is not currently valid.",
    tone="warn",
    shape="triangle",
    advice=(
        "The issuer signed it, but the signature is not valid today. This does not mean that the credential is forged.",
        "Ask the holder for a newly signed credential.",
        _ASK_ISSUER,
    ),
)
_KEY_REFUSED = replace(
    VERDICT_TEXTS[Verdict.INVALID],
    tab="Not trusted",
    headline="This credential cannot be trusted.",
    advice=(
        "Do not rely on it. Nothing shows that only the issuer had the key, so someone else could have signed it.",
        "Issuers replace their keys. Ask the holder for a renewed credential.",
        _ASK_ISSUER,
    ),
)
_WRONG_SIGNER = replace(VERDICT_TEXTS[Verdict.INVALID], advice=(_NOT_SHOWN, _ASK_NAMED))
"""A credential signed by someone else, which cannot be an accident."""
_KEY = "key_"
"""The prefix of codes for a key that is not accepted, even if its signature is valid."""
_INVALID_BY_CODE: Mapping[str, VerdictText] = {
    "proof_expired": _SIGNATURE_NOT_CURRENT,
    "proof_not_yet_valid": _SIGNATURE_NOT_CURRENT,
    "proof_from_the_future": _SIGNATURE_NOT_CURRENT,
    "not_base58btc": _KEY_REFUSED,
    "algorithm_mismatch": _KEY_REFUSED,
    "purpose_wrong": _KEY_REFUSED,
}
_INVALID_BY_CHECK: Mapping[str, VerdictText] = {
    "format": _UNREADABLE,
    "structure": _NOT_STANDARD,
    "context": _NOT_STANDARD,
    "signer": _WRONG_SIGNER,
}
"""Texts by check. The checks before the fourth do not look at the signature, so the credential may be genuine."""
_LEFT_OPEN = replace(VERDICT_TEXTS[Verdict.UNKNOWN], advice=("Ask the holder for the original file.", _ASK_ISSUER))
_UNREACHABLE = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    advice=(
        (
            "A web address in the credential does not work, so trying again is unlikely to help. This does not mean "
            "that the credential is forged."
        ),
        _ASK_ISSUER,
    ),
)
_TOO_MUCH = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    advice=("Check it alone: together with the others, it takes too long to check.",),
)
_BEYOND_US = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    advice=(
        (
            "Laurel does not support this kind of credential. That does not count against it: other software may "
            "be able to check it."
        ),
        "Ask the holder for another format, such as an Open Badges 3.0 file.",
        _ASK_ISSUER,
    ),
)
_PARTLY_SIGNED = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    headline="The signature of this credential does not cover everything in it.",
    advice=(
        (
            "Do not rely on it. This does not mean that it is forged: usually, the software that made it did not "
            "define some of its parts."
        ),
        _ASK_ISSUER,
    ),
)
_SIGNER_UNKNOWN = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    headline="The signature of this credential is valid, but nothing shows whose it is.",
    advice=("Do not rely on it. Anyone can make a signature of this kind under any name.", _ASK_NAMED),
)
_NO_STATUS = replace(
    VERDICT_TEXTS[Verdict.VALID],
    advice=(
        VERDICT_TEXTS[Verdict.VALID].advice[0],
        (
            "Its issuer has no way to revoke it, so a credential issued by mistake would look the same. If the "
            "decision matters, ask the issuer."
        ),
    ),
)
_OTHER_PERSON = replace(
    VERDICT_TEXTS[Verdict.INVALID],
    tab="Issued to someone else",
    headline="This credential was not issued to this email address.",
    tone="warn",
    shape="triangle",
    advice=(
        "Check the spelling. People often have several addresses, so ask which one they gave the issuer.",
        "The credential itself is genuine and valid. Check it without an email address to see that result.",
    ),
)
_PERSON_OPEN = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    headline="We could not check whether it was issued to this person.",
    advice=("Check that the name matches the person you are dealing with.", _ASK_ISSUER),
)
_NO_CREDENTIAL = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    tab="No credential",
    headline="This does not contain a credential.",
    advice=(
        (
            "Ask the holder for the original file or the link to the credential. Files exported from an email or a "
            "learning platform sometimes contain only part of it."
        ),
        _ASK_ISSUER,
    ),
)
_KEY_REPLACED = replace(
    VERDICT_TEXTS[Verdict.UNKNOWN],
    advice=("Issuers replace their keys. Ask the holder for a renewed credential.", _ASK_ISSUER),
)
_UNKNOWN_BY_CODE: Mapping[str, VerdictText] = {
    SUPERSEDED: _KEY_REPLACED,
    "no_credential": _NO_CREDENTIAL,
    PARTLY_UNSIGNED: _PARTLY_SIGNED,
    "certificate_untrusted": _SIGNER_UNKNOWN,
    "too_much_at_once": _TOO_MUCH,
}

CORRECTED = VerdictText(
    "Replaced",
    "Replaced by a corrected version.",
    "replaced",
    "arrow",
    ("Open the corrected version and check that one. Do not rely on this one, because the issuer has replaced it.",),
)
"""A credential that its issuer revoked only because a corrected version replaces it."""


def verdict_text(report: Report) -> VerdictText:
    """Return the presentation of the verdict, or a more specific one for the check that decided it."""
    finding = decisive(report)
    if report.verdict is Verdict.VALID:
        return _valid(report)
    if about_recipient(report):
        return {Verdict.INVALID: _OTHER_PERSON, Verdict.UNKNOWN: _PERSON_OPEN}.get(
            report.verdict, VERDICT_TEXTS[report.verdict]
        )
    if finding is not None and report.verdict is Verdict.UNKNOWN:
        return _unknown(finding)
    if finding is not None and report.verdict is Verdict.INVALID:
        return _invalid(finding)
    return VERDICT_TEXTS[report.verdict]


def _invalid(finding: Finding) -> VerdictText:
    """Only a signature that is wrong, missing or someone else's shows that a credential is not genuine."""
    if finding.code.startswith(_KEY):
        return _KEY_REFUSED
    return _INVALID_BY_CODE.get(finding.code) or _INVALID_BY_CHECK.get(finding.check, VERDICT_TEXTS[Verdict.INVALID])


def _unknown(finding: Finding) -> VerdictText:
    if finding.code in _UNKNOWN_BY_CODE:
        return _UNKNOWN_BY_CODE[finding.code]
    if finding.check in ("format", "context") and finding.code not in _UNREACHED:
        return _BEYOND_US
    if finding.temporary:
        return VERDICT_TEXTS[Verdict.UNKNOWN]
    return _UNREACHABLE if finding.code in _UNREACHED else _LEFT_OPEN


def _valid(report: Report) -> VerdictText:
    without_status = any(item.code == "no_status" for item in report.findings)
    found = _NO_STATUS if without_status else VERDICT_TEXTS[Verdict.VALID]
    if issuer_proven(report):
        return found
    # An impostor who uses a known name must not get the same band as the organization.
    return replace(
        found,
        tab="Valid, issuer not proven",
        headline="This credential is genuine and valid, but the issuer’s identity is not proven.",
        tone="caution",
        shape="notice",
    )


def about_recipient(report: Report) -> bool:
    """Whether check 9 decided the verdict: the credential itself is valid."""
    finding = decisive(report)
    return report.verdict is not Verdict.VALID and finding is not None and finding.check == "recipient"


def issuer_proven(report: Report) -> bool:
    """Whether check 8 passed: the issuer is registered, or a domain names it."""
    return any(item.check == "issuer" and item.outcome is Outcome.PASSED for item in report.findings)


def decisive(report: Report) -> Finding | None:
    """Return the finding that decided the verdict, None if there is none."""
    wanted = Outcome.UNKNOWN if report.verdict is Verdict.UNKNOWN else Outcome.FAILED
    informing = ("issuer", "extras")
    found = [item for item in report.findings if item.outcome is wanted and item.check not in informing]
    # For an invalid credential, skip expiry and revocation, which have verdicts of their own.
    invalidating = [item for item in found if item.check in (*CORE, "recipient")]
    return next(iter(invalidating if report.verdict is Verdict.INVALID and invalidating else found), None)
