"""Credentials in COSE are recognised in every form, named, and unknown; nothing else is taken for one."""

from __future__ import annotations

import base64

import pytest

from chalicelib.reports import pasted
from chalicelib.verify.formats import cose
from chalicelib.verify.presentations.verify import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import NOW, FakeResolver, as_bytes
from tests.verify.canonical import vectors

PROTECTED = b"\x43\xa1\x01\x26"
"""A protected header with the algorithm ES256."""
REST = b"\xa0\x58\x20" + bytes(32) + b"\x58\x40" + bytes(64)
MESSAGES = {
    "COSE_Sign1": b"\xd2\x84" + PROTECTED + REST,
    "COSE_Sign1 with a long header": b"\xd2\x84\x58\x56\xa4\x01\x26" + REST,
    "COSE_Sign1 without a header": b"\xd2\x84\x40" + REST,
    "COSE_Sign1 without a tag": b"\x84" + PROTECTED + REST,
    "COSE_Mac0": b"\xd1\x84\x43\xa1\x01\x05" + REST,
    "COSE_Sign": b"\xd8\x62\x84\x40" + REST,
    "CBOR Web Token": b"\xd8\x3d\xd2\x84" + PROTECTED + REST,
    "CBOR Web Token with a MAC": b"\xd8\x3d\xd1\x84\x43\xa1\x01\x04" + REST,
}
FORMS = {
    "bytes": lambda message: message,
    "base64url": lambda message: base64.urlsafe_b64encode(message).rstrip(b"="),
    "base64": base64.b64encode,
    "hexadecimal": lambda message: message.hex().encode(),
    "capital hexadecimal": lambda message: message.hex().upper().encode(),
}


def report_on(source: bytes) -> Report:
    return verify(source, resolver=FakeResolver().resolver(), now=NOW)


def outcome(source: bytes) -> tuple[Verdict, str]:
    report = report_on(source)
    return report.verdict, report.findings[0].code


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_recognised_and_unknown(message: str, form: str) -> None:
    source = FORMS[form](MESSAGES[message])
    assert outcome(source) == (Verdict.UNKNOWN, "cose_unsupported")
    assert pasted.read(source, "https://laurel.example") == pasted.Document(source)


@pytest.mark.parametrize("source", [b"0oRYVqQBJg", b"d2845856a401", b"\xd2\x84\x58\x56\xa4"])
def test_the_beginning_of_one_is_enough(source: bytes) -> None:
    assert cose.recognises(source)


@pytest.mark.parametrize(
    "source",
    [b"", b"hE", b"hello everybody, this is text", b"https://laurel.example/c/abc", b"d28", b"\xd2", b"\x84",
     b"\x84\x43abc", b"eyJhbGciOiJFUzI1NiJ9.e30.c2ln", b"hEQABCDEFGHIJKLMNOPQRSTUVWX", b"0123456789abcdef01234567",
     b"a2" * 13, b'{"a": 1}', b"\xd8\x1e\x82\x01\x02", b"\x83\x43\xa1\x01\x26", b"\xd2\x83\x43\xa1\x01\x26"],
    ids=range(16),
)  # fmt: skip
def test_other_texts_and_bytes_are_not_such_a_message(source: bytes) -> None:
    assert not cose.recognises(source)


@pytest.mark.parametrize("media_type", ["application/vc+cose", "application/vp+cose"])
def test_an_envelope_with_one_is_unknown(media_type: str) -> None:
    kind = "EnvelopedVerifiablePresentation" if "vp" in media_type else "EnvelopedVerifiableCredential"
    content = base64.b64encode(MESSAGES["COSE_Sign1"]).decode()
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": kind,
        "id": f"data:{media_type};base64,{content}",
    }
    assert outcome(as_bytes(envelope)) == (Verdict.UNKNOWN, "cose_unsupported")


@vectors.needs_vectors
def test_the_published_ones_are_unknown() -> None:
    names = ("credential-cose-minimal", "credential-cose-bad-signature", "presentation-cose-single")
    for name in names:
        source = (vectors.ROOT / "vc-jose-cose" / "input" / f"{name}.txt").read_bytes().strip()
        assert outcome(source) == (Verdict.UNKNOWN, "cose_unsupported")
