"""Passes, and keys that are made here: no wallet accepts what they sign."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from chalicelib.award.images import default_badge
from chalicelib.embed.wallets.wallet_pass import WalletPass

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
URL = "https://laurel.example/c/" + "a" * 26


def wallet_pass(**changes: object) -> WalletPass:
    one = WalletPass(
        "a" * 26, URL, "Data analysis in practice", "Ada Nwosu", "Issued by Fernhill College", NOW - timedelta(days=9),
        NOW + timedelta(days=365), "#0a6640", "https://laurel.example/images/x.png",
        default_badge.draw_letters("", None),
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


@cache
def private_key(name: str = "one") -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def google_secret() -> str:
    """A service account's key file, with the issuer's id."""
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "passes@laurel.iam.gserviceaccount.example",
            "private_key": private_pem(private_key()),
            "issuer_id": "3388000000022222228",
        }
    )


def _certificate(
    name: str, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey, signed_by: str, ca: bool
) -> x509.Certificate:
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, signed_by))
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )


@cache
def authority() -> x509.Certificate:
    """The test's own certificate authority, in the place of Apple's."""
    key = private_key("authority")
    return _certificate("Test authority", key, key, "Test authority", ca=True)


@cache
def certificate() -> x509.Certificate:
    return _certificate("Pass Type ID", private_key(), private_key("authority"), "Test authority", ca=False)


def apple_secret() -> str:
    return json.dumps(
        {
            "pass_type_id": "pass.example.laurel",
            "team_id": "A1B2C3D4E5",
            "organization": "Laurel Test",
            "certificate": certificate().public_bytes(Encoding.PEM).decode(),
            "private_key": private_pem(private_key()),
            "intermediate": authority().public_bytes(Encoding.PEM).decode(),
        }
    )
