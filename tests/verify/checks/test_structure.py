from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Outcome
from tests.makers import NOW, FakeResolver, as_bytes, signed, unsigned

Edit = Callable[[dict[str, Any]], object]

ERRORS: dict[str, Edit] = {
    "contexts reversed": lambda doc: doc.update({"@context": doc["@context"][::-1]}),
    "no badge context": lambda doc: doc.update({"@context": doc["@context"][:1]}),
    "not a credential": lambda doc: doc.update(type=["OpenBadgeCredential"]),
    "id empty": lambda doc: doc.update(id=""),
    "id is a number": lambda doc: doc.update(id=1),
    "id in a list": lambda doc: doc.update(id=[doc["id"]]),
    "issuer in a list": lambda doc: doc.update(issuer=[doc["issuer"]["id"]]),
    "achievement id in a list": lambda doc: doc["credentialSubject"]["achievement"].update(id=["urn:x:y"]),
    "no issuer": lambda doc: doc.pop("issuer"),
    "issuer without id": lambda doc: doc["issuer"].pop("id"),
    "issuer without type": lambda doc: doc["issuer"].pop("type"),
    "no start": lambda doc: doc.pop("validFrom"),
    "start without zone": lambda doc: doc.update(validFrom="2026-01-01T00:00:00"),
    "end before start": lambda doc: doc.update(validUntil="2025-01-01T00:00:00Z"),
    "no subject": lambda doc: doc.pop("credentialSubject"),
    "empty subject": lambda doc: doc.update(credentialSubject={}),
    "subject is a string": lambda doc: doc.update(credentialSubject=["x"]),
    "subject without type": lambda doc: doc["credentialSubject"].pop("type"),
    "no achievement": lambda doc: doc["credentialSubject"].pop("achievement"),
    "achievement without type": lambda doc: doc["credentialSubject"]["achievement"].pop("type"),
    "achievement without id": lambda doc: doc["credentialSubject"]["achievement"].pop("id"),
    "achievement without name": lambda doc: doc["credentialSubject"]["achievement"].pop("name"),
    "achievement without description": lambda doc: doc["credentialSubject"]["achievement"].pop("description"),
    "achievement without criteria": lambda doc: doc["credentialSubject"]["achievement"].pop("criteria"),
    "empty status": lambda doc: doc.update(credentialStatus=[]),
    "status without type": lambda doc: doc["credentialStatus"][0].pop("type"),
    "status is a string": lambda doc: doc.update(credentialStatus="x"),
    "proof is a string": lambda doc: doc.update(proof="x"),
    "proof without type": lambda doc: doc["proof"].pop("type"),
    "proof without method": lambda doc: doc["proof"].pop("verificationMethod"),
    "proof without purpose": lambda doc: doc["proof"].pop("proofPurpose"),
    "proof without value": lambda doc: doc["proof"].pop("proofValue"),
    "proof value too short": lambda doc: doc["proof"].update(proofValue="z111"),
    "proof date": lambda doc: doc["proof"].update(created="yesterday"),
}


@pytest.mark.parametrize("error", ERRORS)
def test_a_document_that_breaks_the_standard_fails(error: str) -> None:
    document = signed(unsigned())
    ERRORS[error](document)
    finding = verify(as_bytes(document), resolver=FakeResolver().resolver(), now=NOW).findings[1]
    assert finding.outcome is Outcome.FAILED, finding


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda doc: doc.update({"@context": ["https://schema.org/"]}), "format_unknown"),
        (lambda doc: doc.update(type=["Person"]), "format_unknown"),
        (lambda doc: doc.pop("@context"), "format_unknown"),
    ],
)
def test_an_unsupported_format_is_unknown(edit: Edit, code: str) -> None:
    document = signed(unsigned())
    edit(document)
    finding = verify(as_bytes(document), resolver=FakeResolver().resolver(), now=NOW).findings[0]
    assert (finding.outcome, finding.code) == (Outcome.UNKNOWN, code)
