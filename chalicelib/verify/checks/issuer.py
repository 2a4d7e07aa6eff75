"""Check 8: is the issuer in a registry, or has it verified its domain? If not, the check warns but never fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from chalicelib.errors import Unavailable
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.checks import issuer_elsewhere
from chalicelib.verify.members import text
from chalicelib.verify.ports import KnownDomain, KnownIssuer
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext

_finding = partial(Finding, 8, "issuer")


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
        raise CheckUnknown(
            "registry_unavailable", phrase("The registry could not be reached: {detail}", detail=phrase(error.detail))
        ) from error
    issuer = verification.node(verification.document.get("issuer"))
    if known is None:
        return _elsewhere(verification, issuer)
    claimed = text(issuer.get("name")) if "name" in issuer else known.name
    if known.name is not None and claimed == known.name:
        return _passed("issuer_registered", _registered(known), known)
    if known.name is not None and claimed in known.former_names:
        renamed = phrase(
            "The issuer is {name}, registered with {registry}, and was previously registered as {former}.",
            name=known.name,
            registry=_registry(known),
            former=claimed,
        )
        return _passed("issuer_registered", renamed, known)
    if known.domains:
        # A domain proves who controls the key; it does not prove the name, which the issuer chooses.
        return _passed("issuer_domain_proven", None, known)
    if known.name is None:
        return _UNPROVEN
    raise CheckUnknown("issuer_name_differs", _differs(claimed, known.name), known.evidence)


def _elsewhere(verification: VerificationContext, issuer: Mapping[str, object]) -> Finding:
    try:
        issuer_elsewhere.check_name(verification, issuer)
    except Unavailable as error:
        raise CheckUnknown(
            "registry_unavailable", phrase("The registry could not be reached: {detail}", detail=phrase(error.detail))
        ) from error
    domain = issuer_elsewhere.own_domain(verification, issuer)
    if domain is None:
        return issuer_elsewhere.NOT_REGISTERED
    return _passed("issuer_domain_proven", None, KnownIssuer(verification.issuer, None, "", (domain,)))


def _registered(known: KnownIssuer) -> Phrase:
    return phrase("The issuer is {name}, registered with {registry}.", name=known.name or "", registry=_registry(known))


def _registry(known: KnownIssuer) -> Phrase:
    return phrase(known.registry)


def _differs(claimed: str | None, name: str) -> Phrase:
    if not claimed:
        return phrase(
            "The issuer uses an unusual spelling of its name here, but is registered as {name}.", name=repr(name)
        )
    return phrase(
        "The issuer calls itself {claimed} here, but is registered as {name}.",
        claimed=repr(claimed[:100]),
        name=repr(name),
    )


def _passed(code: str, message: Phrase | None, known: KnownIssuer) -> Finding:
    if known.domains:
        confirmed = _confirmed(known.domains)
        message = phrase("{name} {domain}", name=message, domain=confirmed) if message else confirmed
    evidence = (*known.evidence, *(domain.evidence for domain in known.domains))
    return _finding(Outcome.PASSED, code, message or "", evidence)


def _confirmed(domains: Sequence[KnownDomain]) -> Phrase:
    first, *others = domains
    if not others:
        return phrase("The issuer has verified the domain {name}.", name=first.name)
    names: str = first.name
    for domain in others:
        names = phrase("{first} and {second}", first=names, second=domain.name)
    return phrase("The issuer has verified the domains {names}.", names=names)
