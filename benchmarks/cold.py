"""Measure one cold process from its first import to its first response, and print nanoseconds.

`laurel FUNCTION EVENT`: import the deployed object as that function and answer the event, given as JSON.
`boto3 TABLE KEY`: import boto3, create a DynamoDB client and get one item.
Both use the AWS endpoint from the environment; their logs are discarded.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time

from benchmarks.request import Context


def laurel(function: str, event: str) -> bool:
    os.environ["FUNCTION"] = function  # as deployed: each function registers only its own routes
    from app import app

    answer = app(json.loads(event), Context())
    return bool(answer["statusCode"] == 200)


def boto(table: str, key: str) -> bool:
    import boto3

    client = boto3.client("dynamodb")
    return "Item" in client.get_item(TableName=table, Key=json.loads(key), ConsistentRead=True)


def main(who: str, *arguments: str) -> int:
    before = time.perf_counter_ns()
    with contextlib.redirect_stdout(io.StringIO()):
        answered = {"laurel": laurel, "boto3": boto}[who](*arguments)
    spent = time.perf_counter_ns() - before
    sys.stdout.write(f"{spent}\n")
    return 0 if answered else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
