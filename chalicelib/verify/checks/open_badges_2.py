"""Checks 4, 5 and 7 of Open Badges 2.0, where the site that publishes a badge can stand in for a signature."""

from __future__ import annotations

from chalicelib.errors import Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.open_badges_2.documents import origin
from chalicelib.verify.open_badges_2.revocation import is_revoked
from chalicelib.verify.open_badges_2.secured import HostedBadge, SignedBadge
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckFailed, unreadable

ASSERTION_SIGNED = Finding(
    4,
    "proof",
    Outcome.PASSED,
    "assertion_signed",
    "The signature is valid. It covers who received the badge and when. The badge’s name and description, and the "
    "issuer’s profile, are not signed: they are shown as they are published now.",
)
_REVOKED = "The issuer has revoked it."
_NOT_REVOKED = "The issuer has not revoked or suspended it."


def check_proof(badge: HostedBadge) -> Finding:
    """Check 4: compare the badge with what its site publishes."""
    if badge.differs:
        message = phrase(
            "The badge that {site} publishes has a different recipient, achievement or dates.", site=badge.site
        )
        raise CheckFailed("hosted_differs", message, badge.evidence)
    sites = dict.fromkeys([badge.site, *(origin(each.url) for each in badge.evidence)])
    message = phrase(
        "It has no signature. It is shown as {site} publishes it now, so it is only as trustworthy as that site.",
        site=badge.site,
    )
    if len(sites) > 1:
        message = phrase(
            "It has no signature. It is shown as these sites publish its parts now, so it is only as trustworthy as "
            "those sites: {sites}.",
            sites=", ".join(sites),
        )
    return Finding(4, "proof", Outcome.PASSED, "hosted_matches", message, badge.evidence)


def check_signer(badge: HostedBadge) -> Finding:
    """Check 5: does the issuer publish its badges at this site?"""
    if not badge.in_scope:
        message = phrase("It names an issuer that does not publish its badges on {site}.", site=badge.site)
        raise CheckFailed("signer_not_issuer", message, badge.evidence)
    message = phrase(
        "The issuer publishes its badges on {site}. Anyone who controls that site can change them.", site=badge.site
    )
    return Finding(5, "signer", Outcome.PASSED, "host_is_issuer", message, badge.evidence)


def check_status(badge: HostedBadge | SignedBadge) -> Finding:
    """Check 7: has the site taken the badge back, or does the issuer's list name it?"""
    if isinstance(badge, HostedBadge):
        if badge.revoked:
            raise CheckFailed("revoked", _REVOKED, badge.evidence)
        return Finding(7, "status", Outcome.PASSED, "not_revoked", _NOT_REVOKED, badge.evidence[:1])
    try:
        revoked = is_revoked(badge.assertion, badge.issuer, badge.reader)
    except Unavailable as error:
        raise unreadable("status_list_unavailable", phrase("Its status list could not be read"), error) from error
    if revoked is None:
        message = "It has no status information, so it cannot be revoked."
        return Finding(7, "status", Outcome.NOT_APPLICABLE, "no_status", message)
    evidence = tuple(badge.reader.evidence[-1:])
    if revoked:
        raise CheckFailed("revoked", _REVOKED, evidence)
    return Finding(7, "status", Outcome.PASSED, "not_revoked", _NOT_REVOKED, evidence)
