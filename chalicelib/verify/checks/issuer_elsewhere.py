"""Check 8 of an issuer that no registry knows: does its own domain confirm it, and could it be mistaken for another?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from chalicelib.credential.key_location import key_location
from chalicelib.verify.members import text
from chalicelib.verify.ports import KnownDomain
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext

_finding = partial(Finding, 8, "issuer")

NOT_REGISTERED = _finding(
    Outcome.UNKNOWN, "issuer_not_registered", ("The issuer is not in any registry that Laurel uses.")
)
LOOKALIKE = (
    "An issuer that the operator of this service has registered has this name, or one that looks the same. Nothing "
    "shows that this is the same issuer."
)
MAX_NAME = 4_000
"""Maximum length of the names that are compared, in characters. Longer ones have no honest purpose."""


def check_name(verification: VerificationContext, issuer: Mapping[str, object]) -> None:
    """Warn of a name that belongs to an issuer that is registered here. Raises `CheckUnknown`, `Unavailable`."""
    name, names = text(issuer.get("name")), verification.resolver.names
    if names is None or name is None:
        return
    if len(name) > MAX_NAME or names.is_taken(name):
        raise CheckUnknown("issuer_lookalike", LOOKALIKE)


def own_domain(verification: VerificationContext, issuer: Mapping[str, object]) -> KnownDomain | None:
    """Return the domain that the issuer's profile names, if its key is published where only that domain's owner can.

    The owner of a domain controls its subdomains too, but not the other way round.
    """
    controller = next((each for each, _ in verification.methods if each.id == verification.issuer), None)
    if controller is None or not controller.evidence:
        return None
    host = _host(text(issuer.get("url")) or verification.issuer)
    domain = _host(controller.evidence[0].url)
    if not host or not domain or not f".{host}".endswith(f".{domain.removeprefix('www.')}"):
        return None
    location = key_location(verification.issuer, [each.url for each in controller.evidence], "")
    if location is None or location.domain is None or _host(f"https://{location.domain}/") != domain:
        return None
    return KnownDomain(location.domain, controller.evidence[0])


def _host(url: str) -> str:
    """Return the host of an https or http URL without a port; empty for anything else."""
    try:
        parts = urlsplit(url)
        usual = parts.port in (None, 443)
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".") if parts.scheme in ("https", "http") and usual else ""
