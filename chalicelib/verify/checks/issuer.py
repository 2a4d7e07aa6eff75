"""Check 8: is the issuer known to a registry we hold? An unknown issuer warns and never reddens."""

from __future__ import annotations

from functools import partial

from chalicelib.errors import Unavailable
from chalicelib.verify.case import Case, CheckUnknown
from chalicelib.verify.members import as_object, text
from chalicelib.verify.report import Finding, Outcome

_found = partial(Finding, 8, "issuer")


_NOT_REGISTERED = _found(Outcome.UNKNOWN, "issuer_not_registered", "The issuer is in no registry that Laurel holds.")


def check(case: Case) -> Finding:
    """Look the issuer up by its DID; its name is the registry's, so a borrowed name is noticed."""
    try:
        known = case.world.registry.find(case.issuer)
    except Unavailable as error:
        raise CheckUnknown("registry_unavailable", f"The registry could not be asked: {error.detail}") from error
    if known is None:
        return _NOT_REGISTERED
    issuer = as_object(case.document.get("issuer"))
    claimed = text(issuer.get("name"))
    if "name" in issuer and claimed != known.name:
        itself = f"calls itself {claimed[:100]!r} here" if claimed else "writes its name in an odd way here"
        message = f"The issuer {itself}, but is registered as {known.name!r}."
        raise CheckUnknown("issuer_name_differs", message, known.evidence)
    message = f"The issuer is {known.name}, registered with {known.registry}."
    return _found(Outcome.PASSED, "issuer_registered", message, known.evidence)
