"""What the functions' roles must not allow, tried in the embedded AWS with each role's own credentials."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT
from local.deploy import STACK, client, current
from local.stack import STAGE
from tests.conftest import RunningStack
from tests.grants import TABLES, grants_of, read_template
from tests.stack import jobs

DENIED = {"AccessDenied", "AccessDeniedException"}
OWN_TAGS = {"application": "laurel", "stage": STAGE}
KEY = {"KeySpec": "ECC_NIST_EDWARDS25519", "KeyUsage": "SIGN_VERIFY"}


@dataclass(frozen=True)
class Attacker:
    """Clients with the stolen credentials of one role; ``create_key`` creates a key with administrator rights."""

    role: str
    client: Callable[[str], Any]
    create_key: Callable[..., str]
    outputs: Any


@pytest.fixture(scope="module", params=["IssuerRole", "RunTasksRole"])
def attacker(request: pytest.FixtureRequest, stack: RunningStack) -> Attacker:
    return attacker_with_role(request.param, stack)


@pytest.fixture(scope="module", params=["PublicRole", "VerifyRole"])
def public_attacker(request: pytest.FixtureRequest, stack: RunningStack) -> Attacker:
    """The credentials of a function that reads visitors' input."""
    return attacker_with_role(request.param, stack)


def attacker_with_role(role_id: str, stack: RunningStack) -> Attacker:
    aws = jobs.embedded_aws(stack)
    deployed = current(aws)
    assert deployed
    found = client(aws, "cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId=role_id)
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam = client(aws, "iam")
    role = iam.get_role(RoleName=name)["Role"]
    policy = role["AssumeRolePolicyDocument"]
    policy["Statement"].append(trust)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(policy))
    credentials = client(aws, "sts").assume_role(RoleArn=role["Arn"], RoleSessionName="attacker")["Credentials"]
    session = boto3.Session(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], aws.region
    )

    def create_key(tags: dict[str, str], spec: str = KEY["KeySpec"]) -> str:
        listed = [{"TagKey": name, "TagValue": value} for name, value in tags.items()]
        key: str = client(aws, "kms").create_key(**{**KEY, "KeySpec": spec}, Tags=listed)["KeyMetadata"]["KeyId"]
        return key

    return Attacker(
        role_id, lambda service: session.client(service, endpoint_url=aws.endpoint_url), create_key, deployed.outputs
    )


def denied(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in DENIED | {"ConditionalCheckFailedException"}:
            raise
        return code in DENIED
    return False


def sign(attacker: Attacker, key: str) -> None:
    attacker.client("kms").sign(KeyId=key, Message=b"x", MessageType="RAW", SigningAlgorithm="ED25519_SHA_512")


@pytest.mark.parametrize(
    ("tags", "refused"),
    [(OWN_TAGS, False), ({**OWN_TAGS, "stage": "prod"}, True), ({"application": "shop"}, True), ({}, True)],
    ids=["own", "other stage", "other application", "untagged"],
)
def test_role_signs_only_with_issuer_keys_of_its_stage(attacker: Attacker, tags: dict[str, str], refused: bool) -> None:
    assert denied(lambda: sign(attacker, attacker.create_key(tags))) is refused


def test_role_signs_with_the_p256_keys_of_issuers(attacker: Attacker) -> None:
    key = attacker.create_key(OWN_TAGS, "ECC_NIST_P256")
    request = {"KeyId": key, "Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    assert not denied(lambda: attacker.client("kms").sign(**request))
    other = {**request, "KeyId": attacker.create_key({"application": "shop"}, "ECC_NIST_P256")}
    assert denied(lambda: attacker.client("kms").sign(**other))


def test_host_key_cannot_sign(attacker: Attacker) -> None:
    assert denied(lambda: sign(attacker, attacker.outputs["HostKeyId"]))


def test_shared_key_signs(attacker: Attacker) -> None:
    assert not denied(lambda: sign(attacker, attacker.outputs["SharedKeyId"]))
    assert denied(lambda: attacker.client("kms").schedule_key_deletion(KeyId=attacker.outputs["SharedKeyId"]))


def test_key_of_another_stage_cannot_be_retagged(attacker: Attacker) -> None:
    key = attacker.create_key({**OWN_TAGS, "stage": "prod"})
    own_tags = [{"TagKey": name, "TagValue": value} for name, value in OWN_TAGS.items()]
    assert denied(lambda: attacker.client("kms").tag_resource(KeyId=key, Tags=own_tags))


def test_keys_must_be_created_with_own_tags_and_cannot_be_deleted(attacker: Attacker) -> None:
    kms = attacker.client("kms")
    assert denied(lambda: kms.create_key(**KEY))
    assert denied(lambda: kms.schedule_key_deletion(KeyId=attacker.create_key(OWN_TAGS)))
    own_tags = [{"TagKey": name, "TagValue": value} for name, value in OWN_TAGS.items()]
    assert denied(lambda: kms.create_key(**KEY, Tags=own_tags)) is (attacker.role != "IssuerRole")
    p256 = {**KEY, "KeySpec": "ECC_NIST_P256"}
    assert denied(lambda: kms.create_key(**p256, Tags=own_tags)) is (attacker.role != "IssuerRole")


def test_tables_cannot_be_scanned_or_deleted(attacker: Attacker) -> None:
    dynamodb = attacker.client("dynamodb")
    assert denied(lambda: dynamodb.scan(TableName=attacker.outputs["CredentialsTable"]))
    assert denied(lambda: dynamodb.delete_table(TableName=attacker.outputs["SecretsTable"]))


def test_public_roles_sign_receipts_only(public_attacker: Attacker, attacker: Attacker) -> None:
    request = {"Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    receipt_key, kms = public_attacker.outputs["ReceiptKeyId"], public_attacker.client("kms")
    issuers_key = public_attacker.create_key(OWN_TAGS, "ECC_NIST_P256")
    assert not denied(lambda: kms.sign(KeyId=receipt_key, **request))
    assert denied(lambda: kms.sign(KeyId=issuers_key, **request))
    assert denied(lambda: kms.schedule_key_deletion(KeyId=receipt_key))
    assert denied(lambda: attacker.client("kms").sign(KeyId=receipt_key, **request))


def test_public_roles_cannot_sign_or_create_keys(public_attacker: Attacker) -> None:
    kms = public_attacker.client("kms")
    assert denied(lambda: sign(public_attacker, public_attacker.create_key(OWN_TAGS)))
    assert denied(lambda: sign(public_attacker, public_attacker.outputs["SharedKeyId"]))
    own_tags = [{"TagKey": name, "TagValue": value} for name, value in OWN_TAGS.items()]
    assert denied(lambda: kms.create_key(**KEY, Tags=own_tags))


def test_public_roles_cannot_send_email(public_attacker: Attacker) -> None:
    ses = public_attacker.client("ses")
    message = {"Data": b"From: a@example.org\r\nTo: b@example.org\r\n\r\nx"}
    assert denied(lambda: ses.send_raw_email(Source="a@example.org", RawMessage=message))


# The embedded AWS does not evaluate conditions on partitions: tests/infrastructure/test_grants.py and
# tests/contract/test_grants.py do. Here, each role is refused the actions that it has in no partition.
@pytest.mark.parametrize(
    "role",
    [
        "PublicRole",
        "VerifyRole",
        "RunTasksRole",
        "OnEmailEventRole",
        "CleanUpKeysRole",
        "RotateSecretsRole",
        "CountEventsRole",
        "UpdateDirectoryRole",
        "ArchiveEventsRole",
        "RunWatchesRole",
        "SendMessagesRole",
        "SendSummariesRole",
        "ErasePeopleRole",
    ],
)
def test_role_takes_no_other_action_in_a_table(stack: RunningStack, role: str) -> None:
    attacker, grants = attacker_with_role(role, stack), grants_of(read_template(), role)
    dynamodb = attacker.client("dynamodb")
    for logical, table in TABLES.items():
        granted = {action for grant in grants if grant.table == table for action in grant.actions} - STREAM_ACTIONS
        found = {action: denied(call) for action, call in calls(dynamodb, attacker.outputs[logical]).items()}
        assert {action for action, is_denied in found.items() if not is_denied} == granted, logical


STREAM_ACTIONS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
"""Actions of another API, which reads the keys of changed items."""


def calls(dynamodb: Any, table: str) -> dict[str, Callable[[], object]]:
    """A call of every action on items, for an item that does not exist."""
    key = {"pk": {"S": "ISSUER#nobody"}, "sk": {"S": "x"}}
    exists = {"ConditionExpression": "attribute_exists(pk)"}  # nothing is written, whatever is allowed
    values = {":pk": key["pk"]}
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": values}
    return {
        "GetItem": partial(dynamodb.get_item, TableName=table, Key=key),
        "BatchGetItem": partial(dynamodb.batch_get_item, RequestItems={table: {"Keys": [key]}}),
        "BatchWriteItem": partial(dynamodb.batch_write_item, RequestItems={table: [{"DeleteRequest": {"Key": key}}]}),
        "Query": partial(dynamodb.query, TableName=table, **query),
        "Scan": partial(dynamodb.scan, TableName=table),
        "PutItem": partial(dynamodb.put_item, TableName=table, Item=key, **exists),
        "UpdateItem": partial(dynamodb.update_item, TableName=table, Key=key, **exists),
        "DeleteItem": partial(dynamodb.delete_item, TableName=table, Key=key, **exists),
    }


def test_clean_up_deletes_only_keys_of_issuers_of_its_stage(stack: RunningStack) -> None:
    cleaner = attacker_with_role("CleanUpKeysRole", stack)
    kms = cleaner.client("kms")

    def schedule(key: str) -> None:
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)

    assert not denied(lambda: schedule(cleaner.create_key(OWN_TAGS)))
    assert denied(lambda: schedule(cleaner.create_key({**OWN_TAGS, "stage": "prod"})))
    for output in ("HostKeyId", "SharedKeyId"):
        assert denied(lambda output=output: schedule(cleaner.outputs[output]))
    own_tags = [{"TagKey": name, "TagValue": value} for name, value in OWN_TAGS.items()]
    assert denied(lambda: kms.create_key(**KEY, Tags=own_tags))
    assert denied(lambda: sign(cleaner, cleaner.create_key(OWN_TAGS)))
