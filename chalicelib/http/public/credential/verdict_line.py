"""The sentences under the headline of a credential's page."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.credential.quotation import escape_quotes
from chalicelib.credential.record import CredentialStatus
from chalicelib.http.html import text
from chalicelib.http.public.credential import verdict_text
from chalicelib.http.public.credential.credential_facts import Facts
from chalicelib.http.public.credential.issuer_view import IssuerView
from chalicelib.language.phrase import phrase
from chalicelib.verify.checks.format import DAMAGED
from chalicelib.verify.report import Report, Verdict

ISSUER_NOT_PROVEN = "The issuer’s identity is not proven."

UNSURE: Mapping[str, str] = {
    "format": "Laurel cannot read this format.",
    "structure": "Laurel could not check whether it is complete.",
    "context": "It uses terms that Laurel does not know, so its signature could not be checked.",
    "proof": "Its signature could not be checked.",
    "signer": "Laurel could not check whether the signing key belongs to the issuer.",
    "dates": "The signature is genuine, but Laurel could not check whether the credential is valid today.",
    "status": "The signature is genuine, but Laurel could not check whether the credential was revoked.",
    "recipient": "The signature is genuine, but Laurel could not check whether it was issued to this person.",
}
"""By check: what remains unknown if it could not be completed. The reason is shown next to the check."""


def corrected_on(decided: CredentialStatus) -> str:
    """Return the line for a credential that a corrected version replaces."""
    return phrase("The issuer corrected this credential on {day}. Use the corrected version instead.", day=decided.at)


def line(report: Report, facts: Facts | None, decided: CredentialStatus | None) -> str:  # noqa: PLR0911 - one a verdict
    """Return the line under the headline."""
    match report.verdict:
        case Verdict.VALID:
            return _vouched_by_host(report, _signed_by(facts.issuer)) if facts else ""
        case Verdict.EXPIRED:
            return _span(facts)
        case Verdict.NOT_YET_VALID:
            start = facts.valid_from if facts else None
            return phrase("It is valid from {day}.", day=start) if start else "Its start date is in the future."
        case Verdict.REVOKED:
            return _revoked(decided)
        case Verdict.SUSPENDED:
            return _suspended(decided)
        case Verdict.INVALID:
            finding = verdict_text.decisive(report)
            if finding is not None and finding.check == "recipient":
                return finding.message
            if finding is not None and finding.message.startswith(DAMAGED):
                return DAMAGED  # the technical detail is shown with the check
            found = phrase(finding.message) if finding else None
            return phrase("{finding} Do not rely on it.", finding=found) if found else "Do not rely on it."
        case Verdict.UNKNOWN:
            finding = verdict_text.decisive(report)
            return UNSURE[finding.check] if finding else "Some checks could not be completed."


def _vouched_by_host(report: Report, sentence: str) -> str:
    """Add to ``sentence`` that a badge has no signature, if so: that matters more than any other detail."""
    hosted = next((item for item in report.findings if item.code == "hosted_matches"), None)
    return sentence if hosted is None else phrase("{sentence} {more}", sentence=sentence, more=hosted.message)


def _revoked(decided: CredentialStatus | None) -> str:
    if decided is None:
        return "Revoked, meaning the issuer has taken it back. Do not rely on it."
    return phrase("Revoked on {day}, meaning the issuer has taken it back. Do not rely on it.", day=decided.at)


def _suspended(decided: CredentialStatus | None) -> str:
    if decided is None:
        return "Suspended. The issuer may reinstate it, so check again before you decide."
    return phrase(
        "Suspended since {day}. The issuer may reinstate it, so check again before you decide.", day=decided.at
    )


def _signed_by(issuer: IssuerView) -> str:
    # Anyone can sign under any name, so only a name in a registry is stated as a fact.
    if issuer.vouched:
        return phrase(
            "Issued by {issuer}. The operator of this service vouches for this name.", issuer=text.isolated(issuer.name)
        )
    if not issuer.named:
        proof = phrase(issuer.behind or issuer.caution or "")
        return phrase("Issued by an unnamed issuer. {proof}", proof=proof)
    name = text.isolated(escape_quotes(issuer.name))
    if issuer.behind:
        return phrase("Issued under the name “{issuer}”. {proof}", issuer=name, proof=phrase(issuer.behind))
    if issuer.location is None:
        return phrase(
            "Issued under the name “{issuer}”. Anyone can use any name, so check with the organization directly.",
            issuer=name,
        )
    if issuer.location.domain is not None:
        return phrase(
            "Issued under the name “{issuer}”, signed with a key that belongs to {domain}. Anyone can use any name, so "
            "check with the organization directly.",
            issuer=name,
            domain=issuer.location.domain,
        )
    return phrase(
        "Issued under the name “{issuer}”, signed with a key published at {place}. Anyone can use any name, so check "
        "with the organization directly.",
        issuer=name,
        place=text.isolated(issuer.location.place),
    )


def issuer_line(report: Report, facts: Facts | None) -> str | None:
    """Return the line that says that the issuer is not proven, unless the headline says it."""
    doubted = facts is not None and not verdict_text.issuer_proven(report)
    return ISSUER_NOT_PROVEN if doubted and report.verdict is not Verdict.VALID else None


def _span(facts: Facts | None) -> str:
    if facts is None or facts.valid_until is None:
        return "Its validity period has ended."
    if facts.valid_from is None:
        return phrase("It was valid until {end}.", end=facts.valid_until)
    return phrase("It was valid from {start} to {end}.", start=facts.valid_from, end=facts.valid_until)
