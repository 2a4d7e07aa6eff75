"""Ed25519 and P-256 keys in the embedded AWS KMS, and in the fake signer."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from botocore.config import Config
from botocore.session import get_session
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.award.ports import Signer
from chalicelib.errors import LaurelError, Refused, Unavailable
from chalicelib.kms.signer import MAX_MESSAGE, KmsSigner, _p256_point
from chalicelib.verify.keys import load, signatures
from chalicelib.verify.keys.public_key import Algorithm, Kind
from local.aws import EmbeddedAws
from tests import aws_calls, fakes


@pytest.fixture
def kms(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> KmsSigner:
    for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(variable)
    for variable, value in aws.client_env.items():
        monkeypatch.setenv(variable, value)
    return KmsSigner(aws.region, "test")


@pytest.fixture(params=["fake", "engine"])
def signer(request: pytest.FixtureRequest) -> Iterator[Signer]:
    return fakes.Signer() if request.param == "fake" else request.getfixturevalue("kms")


def test_signatures_of_a_new_key_verify_with_its_public_key(signer: Signer):
    key = signer.create("an issuer's key")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    for message in (b"m" * 64, b"", b"m" * MAX_MESSAGE):
        if message:
            public.verify(signer.sign(key.handle, message), message)
    with pytest.raises(InvalidSignature):
        public.verify(signer.sign(key.handle, b"this"), b"that")


def test_the_public_key_can_be_read_again(signer: Signer):
    key, other = signer.create("one"), signer.create("another")
    assert signer.public(key.handle) == key.public
    assert len(key.public) == 32
    assert key.public != other.public


def test_the_public_point_of_a_p256_key_can_be_read_again(signer: Signer):
    key = signer.create_p256("receipts")
    assert signer.public_p256(key.handle) == key.public  # type: ignore[attr-defined] # a method of receipts' signers
    with pytest.raises(LaurelError):
        signer.public_p256(signer.create("an issuer").handle)  # type: ignore[attr-defined]


def test_many_reads_of_a_public_key_are_one_call_to_kms(kms: KmsSigner):
    """`/.well-known/did.json` is public, so every call that it makes is a stranger's to choose."""
    handle = kms._client.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    with aws_calls.lost_before(kms._client), pytest.raises(Unavailable):
        kms.public(handle)
    public = kms.public(handle)  # a failed read is not remembered
    with aws_calls.lost_before(kms._client):
        assert [kms.public(handle) for _ in range(3)] == [public] * 3


def test_a_message_longer_than_kms_allows_is_refused(signer: Signer):
    key = signer.create("one")
    with pytest.raises(Refused) as caught:
        signer.sign(key.handle, b"m" * (MAX_MESSAGE + 1))
    assert caught.value.code == "message_too_long"


def test_signatures_of_a_new_p256_key_verify_with_its_public_key_whatever_their_size(signer: Signer):
    key = signer.create_p256("an issuer's key")
    public = load.elliptic(Kind.P256, key.public)
    for message in (b"", b"m", b"m" * (MAX_MESSAGE + 1)):
        signature = signer.sign_p256(key.handle, message)
        assert len(signature) == 64
        assert signatures.is_valid(public, Algorithm.ES256, signature, message)
        assert not signatures.is_valid(public, Algorithm.ES256, signature, message + b"!")


def test_a_key_of_another_type_is_not_read_as_p256(kms: KmsSigner):
    with pytest.raises(Refused):
        _p256_point(kms._read_der(kms.create("one").handle))


def test_a_missing_p256_key_is_unavailable(signer: Signer):
    with pytest.raises(Unavailable):
        signer.sign_p256("no-such-key", b"m")


def test_a_missing_key_is_unavailable(signer: Signer):
    for call in (lambda: signer.public("no-such-key"), lambda: signer.sign("no-such-key", b"m")):
        with pytest.raises(Unavailable):
            call()


def test_a_key_of_another_type_is_refused(kms: KmsSigner):
    with pytest.raises(Refused):
        kms.public(kms.create_p256("one").handle)


def test_keys_are_for_signing_only_and_carry_description_and_tags(kms: KmsSigner):
    key = kms.create("nord")
    metadata = kms._client.describe_key(KeyId=key.handle)["KeyMetadata"]
    assert metadata["KeyUsage"] == "SIGN_VERIFY"
    assert metadata["Description"] == "Laurel issuer nord"
    tags = kms._client.list_resource_tags(KeyId=key.handle)["Tags"]
    assert {"TagKey": "application", "TagValue": "laurel"} in tags
    assert {"TagKey": "issuer", "TagValue": "nord"} in tags


@pytest.mark.parametrize("failure", [aws_calls.lost_before, aws_calls.reply_lost])
def test_kms_that_does_not_respond_is_unavailable(kms: KmsSigner, failure):
    key = kms.create("one")
    unread = KmsSigner(kms._region, "test")
    unread.__dict__["_client"] = kms._client
    for call in (
        lambda: kms.create("two"),
        lambda: kms.create_p256("two"),
        lambda: unread.public(key.handle),
        lambda: kms.sign(key.handle, b"m"),
        lambda: kms.sign_p256(key.handle, b"m"),
    ):
        with failure(kms._client), pytest.raises(Unavailable):
            call()


@pytest.mark.slow
@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize("body", [b"", b"<html>", b"null", b"7", b"{}", b'{"PublicKey":"AA=="}', b'{"Signature":7}'])
def test_any_invalid_response_raises_only_laurel_errors(kms: KmsSigner, status: int, body: bytes):
    with aws_calls.answered(kms._client, status, body):
        for call in (
            lambda: kms.create("one"),
            lambda: kms.create_p256("one"),
            lambda: kms.public("key"),
            lambda: kms.sign("key", b"m"),
            lambda: kms.sign_p256("key", b"m"),
        ):
            with pytest.raises(LaurelError):
                call()


def test_the_kms_limit_and_algorithms_are_unchanged():
    """The API model still allows 4,096 bytes, and a digest only for Ed25519ph. If AWS lifts this, larger JWTs become
    possible."""
    client = get_session().create_client(
        "kms", region_name="eu-central-1", config=Config(signature_version="v4"),
        aws_access_key_id="none", aws_secret_access_key="none",
    )  # fmt: skip
    members = client.meta.service_model.operation_model("Sign").input_shape.members
    assert members["Message"].metadata["max"] == MAX_MESSAGE
    assert {"ED25519_SHA_512", "ED25519_PH_SHA_512"} <= set(members["SigningAlgorithm"].enum)
