"""What a page says about an invalid credential: only a false signature makes it "not genuine"."""

from __future__ import annotations

import pytest

from chalicelib.http.public.credential import verdict_text
from chalicelib.verify.report import Finding, Outcome, Report, Verdict
from tests import makers
from tests.http.fake_laurel import NOW
from tests.http.gateway import Gateway
from tests.http.public.test_home import submit_form

FORGED = "This credential is not genuine."


def headline(check: str, code: str) -> str:
    finding = Finding(1, check, Outcome.FAILED, code, "Sentence.")
    return verdict_text.verdict_text(Report(Verdict.INVALID, NOW, None, None, (finding,), ())).headline


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ("format", "not_json"),
        ("structure", "structure_incomplete"),
        ("structure", "audience_other"),
        ("context", "value_null"),
        ("signer", "proof_expired"),
        ("signer", "proof_not_yet_valid"),
        ("signer", "proof_from_the_future"),
        ("signer", "key_revoked"),
        ("proof", "key_not_listed"),
        ("proof", "key_weak"),
    ],
)
def test_a_credential_that_may_be_genuine_is_not_called_forged(check: str, code: str) -> None:
    assert headline(check, code) != FORGED


@pytest.mark.parametrize(
    ("check", "code"), [("proof", "signature_wrong"), ("proof", "proof_missing"), ("signer", "signer_not_issuer")]
)
def test_a_false_signature_is_called_forged(check: str, code: str) -> None:
    assert headline(check, code) == FORGED


def test_a_signed_badge_with_a_mistake_of_its_issuer_is_not_called_forged(client: Gateway) -> None:
    document = makers.unsigned(makers.issuer(makers.OTHER_KEY))
    del document["credentialStatus"], document["credentialSubject"]["achievement"]["criteria"]  # type: ignore[attr-defined]
    text = submit_form(client, makers.as_bytes(makers.signed(document, makers.OTHER_KEY))).text
    assert FORGED not in text
    assert "This credential does not follow the standard" in text


def test_what_takes_too_long_with_others_is_to_be_checked_alone_and_not_called_unsupported() -> None:
    finding = Finding(3, "context", Outcome.UNKNOWN, "too_much_at_once", "")
    report = Report(Verdict.UNKNOWN, NOW, None, None, (finding,), ())
    assert "Check it alone" in verdict_text.verdict_text(report).advice[0]


def test_a_signature_whose_owner_only_a_certificate_names_is_neither_forged_nor_unreadable() -> None:
    finding = Finding(5, "signer", Outcome.UNKNOWN, "certificate_untrusted", "")
    text = verdict_text.verdict_text(Report(Verdict.UNKNOWN, NOW, None, None, (finding,), ()))
    assert text.headline == "The signature of this credential is valid, but nothing shows whose it is."
    assert "original file" not in " ".join(text.advice)
