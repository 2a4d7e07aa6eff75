"""Measure the directory on DynamoDB Local, whose endpoint is in `LAUREL_DYNAMODB_LOCAL` (tools/dynamodb_local.sh)."""

from __future__ import annotations

import argparse
import os

from benchmarks.directory import costs, relevance
from benchmarks.directory.people import People
from benchmarks.peers import PeerMissing
from benchmarks.rounds import progress
from chalicelib.directory.ports import Ports
from chalicelib.dynamo import tables as dynamo_tables
from chalicelib.dynamo.stores.directory.reader import DynamoIndexReader
from chalicelib.dynamo.tables import Tables
from local.aws import CREDENTIALS, REGION

RELEVANCE_SIZE = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.directory", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000, help="how many people (default 10000)")
    arguments = parser.parse_args()
    os.environ.update({**CREDENTIALS, "AWS_ENDPOINT_URL": os.environ["LAUREL_DYNAMODB_LOCAL"]})
    dynamo_tables.READ_SECONDS = 60  # a busy machine must not make calls twice, which would count their units twice
    tables = Tables(credentials="", directory="directory", events="", secrets="", erasures="", region=REGION)
    tables.client.create_table(
        TableName="directory",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    people = People()
    listings = list(people.make(arguments.size))
    for line in costs.lines(tables, people, listings):
        print(line, flush=True)
    if arguments.size > RELEVANCE_SIZE:
        progress(f"relevance is measured with at most {RELEVANCE_SIZE} people: SQLite needs a second for each search")
        return
    try:
        for line in relevance.lines(
            listings, Ports(DynamoIndexReader(tables), lambda _: b"s" * 32, lambda listings: listings), arguments.size
        ):
            print(line, flush=True)
    except PeerMissing as error:
        progress(f"relevance IS SKIPPED, nothing of it was measured: {error}")


if __name__ == "__main__":
    main()
