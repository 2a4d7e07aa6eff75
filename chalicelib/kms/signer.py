"""Ed25519 and P-256 keys in AWS KMS."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from chalicelib.award.ports import NewKey
from chalicelib.errors import Refused, Unavailable

MAX_MESSAGE = 4096
"""The most bytes that KMS signs (AWS KMS API reference, Sign, Message).

Hashing a longer message first is not an option. For these keys KMS accepts a digest only with ED25519_PH_SHA_512, which
is Ed25519ph, a different algorithm (RFC 8032, section 5.1): its signatures do not verify as EdDSA of a JWS (RFC 8037,
section 3.1) or of a Data Integrity proof. A Data Integrity proof signs two hashes, 64 bytes in total, whatever the size
of its document. A VC-JWT signs its whole text, so a credential of about 3 KB or more cannot be issued in that form with
an Ed25519 key in KMS. ECDSA signs a digest, so with a P-256 key there is no limit.
"""
_HALF = 32
"""Bytes of each number of a P-256 signature (RFC 7518, 3.4)."""

ISSUER_TAG = "issuer"
"""The tag that names the issuer of a key, so that a key that no issuer knows can be found and deleted."""

_CONNECT_SECONDS = 1
_READ_SECONDS = 3
_ATTEMPTS = 3
_KEYS_REMEMBERED = 128
"""Public keys that a process keeps, 32 bytes each: the host's, and those of recently created issuers."""


class KmsSigner:
    """`award.ports.Signer` on KMS. A handle is a KMS key id."""

    def __init__(self, region: str, stage: str) -> None:
        self._region = region
        self._stage = stage
        self._public = lru_cache(maxsize=_KEYS_REMEMBERED)(self._read_public)
        self._point = lru_cache(maxsize=_KEYS_REMEMBERED)(self._read_point)

    def create(self, issuer_id: str) -> NewKey:
        handle = self._create("ECC_NIST_EDWARDS25519", issuer_id)
        return NewKey(handle, self.public(handle))

    def create_p256(self, issuer_id: str) -> NewKey:
        handle = self._create("ECC_NIST_P256", issuer_id)
        return NewKey(handle, _p256_point(self._read_der(handle)))

    def _create(self, spec: str, issuer_id: str) -> str:
        with translated_errors():
            reply = self._client.create_key(
                KeySpec=spec,
                KeyUsage="SIGN_VERIFY",
                Description=f"Laurel issuer {issuer_id}",
                Tags=key_tags(self._stage, issuer_id),
            )
            handle: str = reply["KeyMetadata"]["KeyId"]
        return handle

    def public(self, handle: str) -> bytes:
        """The public key of ``handle``, read once in a process: KMS never changes a key pair. Errors are not kept."""
        return self._public(handle)

    def public_p256(self, handle: str) -> bytes:
        """The same for a P-256 key: its compressed point."""
        return self._point(handle)

    def _read_point(self, handle: str) -> bytes:
        return _p256_point(self._read_der(handle))

    def _read_public(self, handle: str) -> bytes:
        return _raw_ed25519(self._read_der(handle))

    def _read_der(self, handle: str) -> bytes:
        with translated_errors():
            der: bytes = self._client.get_public_key(KeyId=handle)["PublicKey"]
        return der

    def sign(self, handle: str, message: bytes) -> bytes:
        """Sign ``message``. Also raises `Refused`, code `message_too_long`, above `MAX_MESSAGE`."""
        if len(message) > MAX_MESSAGE:
            raise Refused(
                f"KMS signs at most {MAX_MESSAGE} bytes, and this is {len(message)}: "
                "the credential is too large for a JWT; its Data Integrity form has no such limit.",
                code="message_too_long",
            )
        with translated_errors():
            reply = self._client.sign(
                KeyId=handle, Message=message, MessageType="RAW", SigningAlgorithm="ED25519_SHA_512"
            )
            signature: bytes = reply["Signature"]
        return signature

    def sign_p256(self, handle: str, message: bytes) -> bytes:
        """Sign ``message``, of any size: KMS gets its SHA-256."""
        digest = hashlib.sha256(message).digest()
        with translated_errors():
            reply = self._client.sign(
                KeyId=handle, Message=digest, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256"
            )
            return _r_and_s(reply["Signature"])

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        # Created on first use, since a view never signs.
        return kms_client(self._region)


def key_tags(stage: str, issuer_id: str) -> list[dict[str, str]]:
    """The tags of an issuer's key. The functions' roles create keys with these tags only, and sign only with them."""
    tags = {"application": "laurel", "stage": stage, ISSUER_TAG: issuer_id}
    return [{"TagKey": name, "TagValue": value} for name, value in tags.items()]


def kms_client(region: str) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
    """A KMS client. It is botocore's, since importing boto3 slows a cold start."""
    retries = {"mode": "standard", "total_max_attempts": _ATTEMPTS}
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries=retries)
    return get_session().create_client("kms", region_name=region, config=config)


def _raw_ed25519(der: bytes) -> bytes:
    """The 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410). Raises `Refused` for another type of key."""
    # Imported late: it takes 20 ms, and most requests of issuers read no key.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(der)
    except (UnsupportedAlgorithm, ValueError) as error:
        raise Refused("The KMS key cannot be read.", code="key_unreadable") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Refused("The KMS key is not an Ed25519 key.", code="key_unreadable")
    return key.public_bytes_raw()


def _p256_point(der: bytes) -> bytes:
    """The compressed point of a P-256 key in a SubjectPublicKeyInfo (RFC 5480). Raises `Refused` for another key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    try:
        key = load_der_public_key(der)
    except (UnsupportedAlgorithm, ValueError) as error:
        raise Refused("The KMS key cannot be read.", code="key_unreadable") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Refused("The KMS key is not a P-256 key.", code="key_unreadable")
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _r_and_s(der: bytes) -> bytes:
    """The two numbers of an ECDSA signature, which KMS encodes in DER (RFC 3279, 2.2.3), each in 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(der)
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translate KMS errors to `Unavailable`."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("KMS rejected the request.", code="signing_unavailable") from error
    except _INVALID_RESPONSE as error:
        raise Unavailable("KMS returned an unexpected response.", code="signing_unavailable") from error


# Raised by botocore's parser, or while reading its result, when a body is not a KMS response but, for example, a
# proxy's.
_INVALID_RESPONSE = (ResponseParserError, AttributeError, KeyError, OverflowError, TypeError, ValueError)
