"""Finding and deleting keys in the embedded AWS KMS."""

from __future__ import annotations

import os

import pytest

from chalicelib.errors import Unavailable
from chalicelib.kms.remover import KmsKeyRemover
from chalicelib.kms.signer import KmsSigner
from local.aws import EmbeddedAws
from tests import aws_calls

pytestmark = pytest.mark.slow


@pytest.fixture
def region(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(variable)
    for variable, value in aws.client_env.items():
        monkeypatch.setenv(variable, value)
    return aws.region


def test_only_usable_unknown_keys_of_this_stage_are_found(region: str) -> None:
    remover = KmsKeyRemover(region, "cleanup")
    known, orphan, gone = (KmsSigner(region, "cleanup").create("acme").handle for _ in range(3))
    KmsSigner(region, "elsewhere").create("acme")
    remover._client.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")
    remover.schedule_deletion(gone)
    (found,) = remover.keys(frozenset({known}))
    assert (found.handle, found.issuer_id) == (orphan, "acme")
    assert found.created.tzinfo is not None


def test_deletion_waits_for_thirty_days_and_can_be_repeated(region: str) -> None:
    remover = KmsKeyRemover(region, "repeat")
    handle = KmsSigner(region, "repeat").create("acme").handle
    for _ in range(2):
        remover.schedule_deletion(handle)
    metadata = remover._client.describe_key(KeyId=handle)["KeyMetadata"]
    assert metadata["KeyState"] == "PendingDeletion"
    assert not list(remover.keys(frozenset()))


def test_unresponsive_key_service_is_unavailable(region: str) -> None:
    remover = KmsKeyRemover(region, "down")
    with aws_calls.lost_before(remover._client), pytest.raises(Unavailable):
        list(remover.keys(frozenset()))
