"""Invoke the scheduled functions without waiting for their schedule."""

from __future__ import annotations

import json

import boto3
from botocore.config import Config

from local import process
from local.aws import CREDENTIALS, EmbeddedAws
from local.deploy import STACK, client
from tests.conftest import RunningStack

SCHEDULED = {
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "detail": {},
    "resources": [],
    "region": "",
    "account": "",
    "time": "2026-11-22T00:05:00Z",
    "id": "x",
    "version": "0",
}


def embedded_aws(stack: RunningStack) -> EmbeddedAws:
    running = process.recall(stack.local.record("aws"))
    assert running
    return EmbeddedAws(running)


def function_name(stack: RunningStack, logical: str) -> str:
    """The physical name of a function in the stack."""
    cloudformation = client(embedded_aws(stack), "cloudformation")
    found = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId=logical)
    name: str = found["StackResourceDetail"]["PhysicalResourceId"]
    return name


def run(stack: RunningStack, logical: str) -> None:
    """Invoke a scheduled function, under its own role, and wait until it ends."""
    payload = json.dumps(SCHEDULED).encode()
    aws = embedded_aws(stack)
    lambda_client = boto3.client(
        "lambda",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        # Archiving a day takes 1,920 queries, which a busy machine answers slowly.
        config=Config(read_timeout=600, retries={"total_max_attempts": 1}),
    )
    done = lambda_client.invoke(FunctionName=function_name(stack, logical), Payload=payload)
    assert "FunctionError" not in done, done["Payload"].read()
