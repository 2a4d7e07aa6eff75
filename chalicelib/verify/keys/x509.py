"""Parse a certificate (RFC 5280). Imported late, as `openssl` is."""

from __future__ import annotations

from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from chalicelib.verify.keys.openssl import numbers_of
from chalicelib.verify.keys.public_key import Kind


class Parsed(NamedTuple):
    """What a certificate says."""

    kind: Kind | None
    """The kind of its key, None if it is not supported."""
    numbers: bytes | tuple[int, int]
    """The numbers of its key, for `load`."""
    signs: bool
    """Whether the key is meant for signatures of documents."""
    subject: str
    names: frozenset[str]


def parse(der: bytes) -> Parsed:
    """Parse the certificate in ``der``. Raises `ValueError`, whatever the bytes."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        names = _names(certificate)
        return Parsed(*_key(certificate), _is_for_signatures(certificate), _subject(certificate, names), names)
    except (TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise ValueError(str(error)) from error


def _key(certificate: x509.Certificate) -> tuple[Kind | None, bytes | tuple[int, int]]:
    try:
        return numbers_of(certificate.public_key())
    except UnsupportedAlgorithm:
        return None, b""


def _is_for_signatures(certificate: x509.Certificate) -> bool:
    """Whether the key usage allows it (RFC 5280, 4.2.1.3); a certificate without one allows everything."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _subject(certificate: x509.Certificate, names: frozenset[str]) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            if isinstance(attribute.value, str) and attribute.value:
                return attribute.value
    return min(names, default="")


def _names(certificate: x509.Certificate) -> frozenset[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    hosts = [name.lower() for name in found.get_values_for_type(x509.DNSName)]
    return frozenset([*hosts, *found.get_values_for_type(x509.UniformResourceIdentifier)])
