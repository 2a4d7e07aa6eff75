"""The address at which an issuer itself can be emailed."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential.issuer import Issuer


def contact_of(issuer: Issuer, now: datetime) -> str | None:
    """The contact address, if it is known to be the issuer's: an unidentified issuer may have entered anyone's."""
    if issuer.email is None:
        return None
    host = issuer.email.rpartition("@")[2].lower()
    domains = (proof.domain for proof in issuer.proven(now))
    own = issuer.registered or any(host == domain or host.endswith(f".{domain}") for domain in domains)
    return issuer.email if own else None
