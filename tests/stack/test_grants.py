"""What the functions' roles do not allow, asked of the embedded AWS as a thief of their credentials would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT
from local.deploy import STACK, client, current
from local.stack import STAGE
from tests.conftest import RunningStack
from tests.stack import jobs

DENIED = {"AccessDenied", "AccessDeniedException"}
OURS = {"application": "laurel", "stage": STAGE}
KEY = {"KeySpec": "ECC_NIST_EDWARDS25519", "KeyUsage": "SIGN_VERIFY"}


@dataclass(frozen=True)
class Thief:
    """Clients with the credentials of one role, and keys that somebody else made."""

    role: str
    client: Callable[[str], Any]
    made: Callable[[dict[str, str]], str]
    outputs: Any


@pytest.fixture(scope="module", params=["IssuerRole", "RunTasksRole"])
def thief(request: pytest.FixtureRequest, stack: RunningStack) -> Thief:
    return thief_of(request.param, stack)


@pytest.fixture(scope="module", params=["PublicRole", "VerifyRole"])
def visitors_thief(request: pytest.FixtureRequest, stack: RunningStack) -> Thief:
    """The credentials of a function that reads what visitors send."""
    return thief_of(request.param, stack)


def thief_of(role_id: str, stack: RunningStack) -> Thief:
    aws = jobs.engine(stack)
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
    taken = client(aws, "sts").assume_role(RoleArn=role["Arn"], RoleSessionName="thief")["Credentials"]
    session = boto3.Session(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"], aws.region)

    def made(tags: dict[str, str]) -> str:
        listed = [{"TagKey": name, "TagValue": value} for name, value in tags.items()]
        key: str = client(aws, "kms").create_key(**KEY, Tags=listed)["KeyMetadata"]["KeyId"]
        return key

    return Thief(
        role_id, lambda service: session.client(service, endpoint_url=aws.endpoint_url), made, deployed.outputs
    )


def denied(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return True
    return False


def sign(thief: Thief, key: str) -> None:
    thief.client("kms").sign(KeyId=key, Message=b"x", MessageType="RAW", SigningAlgorithm="ED25519_SHA_512")


@pytest.mark.parametrize(
    ("tags", "refused"),
    [(OURS, False), ({**OURS, "stage": "prod"}, True), ({"application": "shop"}, True)],
    ids=["ours", "another stage's", "another application's"],
)
def test_only_the_issuers_keys_of_this_stage_sign(thief: Thief, tags: dict[str, str], refused: bool) -> None:
    assert denied(lambda: sign(thief, thief.made(tags))) is refused


def test_the_hosts_key_signs_nothing(thief: Thief) -> None:
    assert denied(lambda: sign(thief, thief.outputs["HostKeyId"]))


def test_another_stages_key_is_not_made_ours(thief: Thief) -> None:
    key = thief.made({**OURS, "stage": "prod"})
    ours = [{"TagKey": name, "TagValue": value} for name, value in OURS.items()]
    assert denied(lambda: thief.client("kms").tag_resource(KeyId=key, Tags=ours))


def test_no_key_is_made_without_our_tags_nor_ever_deleted(thief: Thief) -> None:
    kms = thief.client("kms")
    assert denied(lambda: kms.create_key(**KEY))
    assert denied(lambda: kms.schedule_key_deletion(KeyId=thief.made(OURS)))
    ours = [{"TagKey": name, "TagValue": value} for name, value in OURS.items()]
    assert denied(lambda: kms.create_key(**KEY, Tags=ours)) is (thief.role != "IssuerRole")


def test_tables_are_not_read_whole_and_events_not_at_all(thief: Thief) -> None:
    dynamodb = thief.client("dynamodb")
    assert denied(lambda: dynamodb.scan(TableName=thief.outputs["CredentialsTable"]))
    key = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    assert denied(lambda: dynamodb.get_item(TableName=thief.outputs["EventsTable"], Key=key))
    assert denied(lambda: dynamodb.delete_table(TableName=thief.outputs["SecretsTable"]))


def test_what_reads_visitors_input_signs_nothing_and_makes_no_key(visitors_thief: Thief) -> None:
    kms = visitors_thief.client("kms")
    assert denied(lambda: sign(visitors_thief, visitors_thief.made(OURS)))
    ours = [{"TagKey": name, "TagValue": value} for name, value in OURS.items()]
    assert denied(lambda: kms.create_key(**KEY, Tags=ours))


def test_what_reads_visitors_input_sends_no_email(visitors_thief: Thief) -> None:
    ses = visitors_thief.client("ses")
    message = {"Data": b"From: a@example.org\r\nTo: b@example.org\r\n\r\nx"}
    assert denied(lambda: ses.send_raw_email(Source="a@example.org", RawMessage=message))


def test_what_reads_visitors_input_writes_nothing_but_events(visitors_thief: Thief) -> None:
    dynamodb = visitors_thief.client("dynamodb")
    credentials, events = visitors_thief.outputs["CredentialsTable"], visitors_thief.outputs["EventsTable"]
    key = {"pk": {"S": "CREDENTIAL#x"}, "sk": {"S": "CREDENTIAL"}}
    assert denied(lambda: dynamodb.put_item(TableName=credentials, Item=key))
    assert denied(lambda: dynamodb.delete_item(TableName=credentials, Key=key))
    assert denied(lambda: dynamodb.delete_item(TableName=events, Key=key))
    assert denied(lambda: dynamodb.update_item(TableName=visitors_thief.outputs["SecretsTable"], Key=key))


def test_what_reads_visitors_input_lists_nothing(visitors_thief: Thief) -> None:
    dynamodb = visitors_thief.client("dynamodb")
    for table in ("CredentialsTable", "EventsTable", "SecretsTable"):
        name = visitors_thief.outputs[table]
        assert denied(lambda name=name: dynamodb.scan(TableName=name))
        values = {":pk": {"S": "ISSUER#x"}}
        assert denied(
            lambda name=name, values=values: dynamodb.query(
                TableName=name, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=values
            )
        )
