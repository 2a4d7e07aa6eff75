"""What is read from a certificate in a token's header."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify.keys import certificate
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.public_key import UnusableKey
from tests.verify.jose.tokens import ALGORITHMS, jwk
from tests.verify.keys.certified import hosts, made, urls


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_key_is_that_of_the_certificate(algorithm: str) -> None:
    found = certificate.read(made(algorithm)).key
    assert not isinstance(found, UnusableKey)
    assert (found.kind, found.native) == (from_jwk(jwk(algorithm)).kind, from_jwk(jwk(algorithm)).native)


def test_a_certificate_names_its_subject() -> None:
    names = (*hosts("Fernhill.example"), *urls("https://fernhill.example/issuer"))
    found = certificate.read(made(names=names))
    assert found.subject == "Fernhill College"
    assert found.names == {"fernhill.example", "https://fernhill.example/issuer"}
    assert found.urn.startswith("urn:certificate:")


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("https://fernhill.example", True),
        ("https://fernhill.example/any/path", True),
        ("https://FERNHILL.example:8443", True),
        ("did:web:named.example", True),
        ("http://fernhill.example", False),
        ("https://other.example", False),
        ("https://fernhill.example.other.example", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_a_certificate_is_for_the_hosts_and_urls_in_it(issuer: str, expected: bool) -> None:
    names = (*hosts("fernhill.example"), *urls("did:web:named.example"))
    assert certificate.read(made(names=names)).names_issuer(issuer) is expected


def test_a_certificate_without_a_subject_is_named_by_its_hosts() -> None:
    assert certificate.read(made(subject=None, names=hosts("b.example", "a.example"))).subject == "a.example"
    assert certificate.read(made(subject=None)).subject == ""


@pytest.mark.parametrize(("signs", "usable"), [(None, True), (True, True), (False, False)])
def test_a_key_for_encryption_only_is_unusable(signs: bool | None, usable: bool) -> None:
    found = certificate.read(made(signs=signs)).key
    assert isinstance(found, UnusableKey) is not usable


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (ec.generate_private_key(ec.SECP256K1()), "key_unsupported"),
        (ec.generate_private_key(ec.BrainpoolP256R1()), "key_unsupported"),
        (rsa.generate_private_key(65537, 1024), "key_weak"),  # noqa: S505 - refused
    ],
    ids=["secp256k1", "Brainpool", "RSA of 1,024 bits"],
)
def test_an_unsupported_or_weak_key_is_unusable(key: object, code: str) -> None:
    found = certificate.read(made(key=key)).key
    assert isinstance(found, UnusableKey)
    assert found.code == code


@pytest.mark.parametrize(
    "encoded",
    ["", "MIIB", "!", "é", made()[:-8], made() + "_", base64.b64encode(b"{}").decode()],
    ids=["empty", "cut off", "punctuation", "not ASCII", "without its end", "with more", "JSON"],
)
def test_what_is_not_a_certificate_is_malformed(encoded: str) -> None:
    with pytest.raises(Malformed) as caught:
        certificate.read(encoded)
    assert caught.value.code == "certificate_malformed"


def test_a_certificate_of_an_unknown_version_is_malformed() -> None:
    """`cryptography` raises an error of its own for it, which is no `ValueError`."""
    der = base64.b64decode(made())
    version_3, version_4 = bytes.fromhex("a003020102"), bytes.fromhex("a003020103")
    assert der.count(version_3) == 1
    with pytest.raises(Malformed) as caught:
        certificate.read(base64.b64encode(der.replace(version_3, version_4)).decode())
    assert caught.value.code == "certificate_malformed"


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_certificate_is_read_or_malformed(position: int, change: int) -> None:
    der = bytearray(base64.b64decode(made(names=hosts("a.example"), signs=True)))
    der[position % len(der)] ^= change
    with suppress(Malformed):
        certificate.read(base64.b64encode(bytes(der)).decode())
