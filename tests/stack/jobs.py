"""The scheduled functions, run now instead of at their time."""

from __future__ import annotations

import json

from local import process
from local.aws import EmbeddedAws
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


def engine(stack: RunningStack) -> EmbeddedAws:
    running = process.recall(stack.local.record("aws"))
    assert running
    return EmbeddedAws(running)


def name_of(stack: RunningStack, logical: str) -> str:
    """What a function is called in the stack."""
    cloudformation = client(engine(stack), "cloudformation")
    found = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId=logical)
    name: str = found["StackResourceDetail"]["PhysicalResourceId"]
    return name


def run(stack: RunningStack, logical: str) -> None:
    """Run a scheduled function, under its own role, and wait for its end."""
    payload = json.dumps(SCHEDULED).encode()
    done = client(engine(stack), "lambda").invoke(FunctionName=name_of(stack, logical), Payload=payload)
    assert "FunctionError" not in done, done["Payload"].read()
