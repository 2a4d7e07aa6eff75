"""The jobs, run by the deployed functions under their own roles."""

from __future__ import annotations

import json

from local import process
from local.aws import EmbeddedAws
from local.deploy import STACK, client
from tests.conftest import RunningStack


def test_the_nightly_job_may_do_what_it_does(stack: RunningStack) -> None:
    running = process.recall(stack.local.record("aws"))
    assert running
    aws = EmbeddedAws(running)
    found = client(aws, "cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId="RotateSalts")
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    event = {
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
    done = client(aws, "lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    assert "FunctionError" not in done, done["Payload"].read()
