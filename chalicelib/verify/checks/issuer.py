"""Check 8: is the issuer in a registry, or confirmed by its domain? If not, the check warns but never fails."""

from __future__ import annotations

from functools import partial

from chalicelib.errors import Unavailable
from chalicelib.verify.members import text
from chalicelib.verify.ports import KnownIssuer
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext

_finding = partial(Finding, 8, "issuer")


_NOT_REGISTERED = _finding(
    Outcome.UNKNOWN, "issuer_not_registered", ("The issuer is not in any registry that Laurel uses.")
)
_UNPROVEN = _finding(
    Outcome.UNKNOWN,
    "issuer_unproven",
    "Anyone can create an issuer here, and this one has not yet been linked to a domain.",
)


def check(verification: VerificationContext) -> Finding:
    """Look up the issuer by its DID and compare the name in the credential with the registered name."""
    try:
        known = verification.resolver.registry.find(verification.issuer)
    except Unavailable as error:
        raise CheckUnknown("registry_unavailable", f"The registry could not be reached: {error.detail}") from error
    if known is None:
        return _NOT_REGISTERED
    issuer = verification.node(verification.document.get("issuer"))
    claimed = text(issuer.get("name")) if "name" in issuer else known.name
    if known.name is not None and claimed == known.name:
        return _passed("issuer_registered", f"The issuer is {known.name}, registered with {known.registry}.", known)
    if known.name is not None and claimed in known.former_names:
        renamed = (
            f"The issuer is {known.name}, registered with {known.registry}, and was previously registered as {claimed}."
        )
        return _passed("issuer_registered", renamed, known)
    if known.domains:
        # A domain proves who controls the key; it does not prove the name, which the issuer chooses.
        return _passed("issuer_domain_proven", "", known)
    if known.name is None:
        return _UNPROVEN
    name_used = f"calls itself {claimed[:100]!r} here" if claimed else "uses an unusual spelling of its name here"
    raise CheckUnknown("issuer_name_differs", f"The issuer {name_used}, but is registered as {known.name!r}.")


def _passed(code: str, message: str, known: KnownIssuer) -> Finding:
    if known.domains:
        names = " and ".join(domain.name for domain in known.domains)
        confirm = f"The domain {names} confirms" if len(known.domains) == 1 else f"The domains {names} confirm"
        message = f"{message} {confirm} this issuer.".lstrip()
    return _finding(Outcome.PASSED, code, message, tuple(domain.evidence for domain in known.domains))
