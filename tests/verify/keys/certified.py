"""Certificates for tests, signed by themselves: their names prove nothing, as in the header of a forged token."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from tests.verify.jose.tokens import private_key

_START, _END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@cache
def made(
    algorithm: str = "ES256",
    subject: str | None = "Fernhill College",
    names: tuple[x509.GeneralName, ...] = (),
    *,
    signs: bool | None = None,
    key: Any = None,
) -> str:
    """A certificate for `private_key` of ``algorithm``, or for ``key``, as in `x5c`."""
    key = key or private_key(algorithm)
    attributes = [] if subject is None else [x509.NameAttribute(NameOID.COMMON_NAME, subject)]
    name = x509.Name(attributes)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(_START)
        .not_valid_after(_END)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if signs is not None:
        builder = builder.add_extension(_usage(signs), critical=True)
    digest = None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256()
    der = builder.sign(key, digest).public_bytes(serialization.Encoding.DER)
    return base64.b64encode(der).decode()


def hosts(*names: str) -> tuple[x509.GeneralName, ...]:
    return tuple(map(x509.DNSName, names))


def urls(*names: str) -> tuple[x509.GeneralName, ...]:
    return tuple(map(x509.UniformResourceIdentifier, names))


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
