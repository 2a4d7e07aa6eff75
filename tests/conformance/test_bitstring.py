"""The example of Bitstring Status List v1.0, on its own and through the whole verification."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify import bitstring
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Outcome, Report, Verdict
from tests import makers
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors


@pytest.fixture
def published() -> dict[str, Any]:
    document: dict[str, Any] = vectors.load("bitstring/status-list-credential.json")
    return document


@pytest.fixture
def revocable() -> dict[str, Any]:
    document: dict[str, Any] = vectors.load("bitstring/revocable-credential.json")
    return document


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = vectors.load("bitstring/cases.json")["cases"]
    return found


def report_on(revocable: dict[str, Any], listed: dict[str, Any]) -> Report:
    """Return the report on the example credential with the example list, both signed by one test key."""
    url = revocable["credentialStatus"]["statusListCredential"]
    listed = {**listed, "issuer": makers.ISSUER_KEY.did}
    resolver = makers.FakeResolver(lists={url: makers.as_bytes(makers.signed(listed))}).resolver()
    signed = makers.signed({**revocable, "issuer": makers.ISSUER_KEY.did})
    return verify(makers.as_bytes(signed), resolver=resolver, now=makers.NOW)


def test_the_list_decodes_to_131072_clear_bits(published: dict[str, Any]) -> None:
    assert bitstring.decode(published["credentialSubject"]["encodedList"]) == bytes(16_384)


def test_every_look_up_gives_the_published_result(published: dict[str, Any]) -> None:
    bits = bitstring.decode(published["credentialSubject"]["encodedList"])
    assert len(cases()) == 4
    for case in cases():
        index = int(case["statusListIndex"])
        if "error" in case:
            with pytest.raises(Malformed) as raised:
                bitstring.get(bits, index)
            assert raised.value.code == "status_index_out_of_range"
        else:
            assert bitstring.get(bits, index) == int(case["status"])


def test_the_example_credential_is_valid(revocable: dict[str, Any], published: dict[str, Any]) -> None:
    assert report_on(revocable, published).verdict is Verdict.VALID


def test_the_example_credential_is_revoked_only_by_its_own_bit(
    revocable: dict[str, Any], published: dict[str, Any]
) -> None:
    verdicts = {}
    for index in (94_566, 94_567, 94_568):
        byte, bit = divmod(index, 8)
        bits = bytearray(16_384)
        bits[byte] = 0b1000_0000 >> bit  # index 0 is the leftmost bit (Bitstring Status List v1.0, 3.2)
        published["credentialSubject"]["encodedList"] = bitstring.encode(bytes(bits))
        verdicts[index] = report_on(revocable, published).verdict
    assert verdicts == {94_566: Verdict.VALID, 94_567: Verdict.REVOKED, 94_568: Verdict.VALID}


def test_an_index_beyond_the_list_is_unknown(revocable: dict[str, Any], published: dict[str, Any]) -> None:
    revocable["credentialStatus"]["statusListIndex"] = "131072"
    report = report_on(revocable, published)
    assert report.verdict is Verdict.UNKNOWN
    assert (report.findings[6].outcome, report.findings[6].code) == (Outcome.UNKNOWN, "status_index_out_of_range")
