"""Check 1: is it something we recognise, within the caps?"""

from __future__ import annotations

from chalicelib.credential import strict_json, vocabulary
from chalicelib.errors import Malformed
from chalicelib.verify.case import Case, CheckFailed, CheckUnknown, Result
from chalicelib.verify.members import as_list
from chalicelib.verify.report import Outcome

_CAPS = frozenset({"too_large", "too_deep", "too_many_members"})


def check(case: Case) -> Result:
    """Parse the JSON strictly and name its format. A document beyond our caps is unknown, not false."""
    try:
        document = strict_json.parse(case.source)
    except Malformed as error:
        raised = CheckUnknown if error.code in _CAPS else CheckFailed
        raise raised(error.code, error.detail) from error
    family = _family(document)
    case.proof_member = document.pop("proof", None)
    case.document = document
    case.format = ", ".join([family, *_suites(case.proof_member)])
    return Result(Outcome.PASSED, "recognised", f"This is a credential of the kind {family}.")


def _family(document: dict[str, object]) -> str:
    types = as_list(document.get("type"))
    if vocabulary.CREDENTIALS_V2 not in as_list(document.get("@context")):
        raise CheckUnknown("format_unknown", "This is not in a format that Laurel can check yet.")
    if vocabulary.OPEN_BADGE in types or vocabulary.ACHIEVEMENT_CREDENTIAL in types:
        return "Open Badges 3.0"
    if vocabulary.VERIFIABLE_CREDENTIAL in types:
        return "Verifiable Credential 2.0"
    raise CheckUnknown("format_unknown", "This is JSON-LD, but it does not say that it is a credential.")


def _suites(proof_member: object) -> list[str]:
    suites = [
        proof.get("cryptosuite") or proof.get("type") for proof in as_list(proof_member) if isinstance(proof, dict)
    ]
    return sorted({suite[:64] for suite in suites if isinstance(suite, str)})
