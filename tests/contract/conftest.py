"""Storage fixtures: the in-memory fakes and a real DynamoDB engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from uuid import uuid4

import pytest

from chalicelib.analytics.ports import EventStore, Salts
from chalicelib.award.ports import IssuerStore
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.stores.analytics.salts import DynamoSalts
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.public import DynamoPublicStore
from chalicelib.dynamo.tables import Tables
from chalicelib.reports.store import PublicStore
from chalicelib.services import utc_now
from local.aws import CREDENTIALS, REGION, EmbeddedAws
from tests import fakes
from tests.contract import samples
from tests.grants import read_template

DYNAMODB_LOCAL = "LAUREL_DYNAMODB_LOCAL"
"""Environment variable: endpoint of DynamoDB Local. `tools/dynamodb_local.sh` starts it and runs the suite on it."""
TABLES = {
    "credentials": "CredentialsTable",
    "directory": "DirectoryTable",
    "events": "EventsTable",
    "secrets": "SecretsTable",
    "erasures": "ErasuresTable",
}


@dataclass(frozen=True)
class Storage:
    """One implementation of every storage port, over the same data."""

    issuer_store: IssuerStore
    public_store: PublicStore
    event_store: EventStore
    salts: Salts


@pytest.fixture(scope="session")
def definitions() -> dict[str, dict[str, object]]:
    """The table definitions of infrastructure/resources.yaml, by the short name of the table."""
    resources = read_template()
    return {name: resources[logical]["Properties"] for name, logical in TABLES.items()}


@pytest.fixture(scope="session")
def connected(request: pytest.FixtureRequest) -> Tables:
    """A client of the real engine, without tables."""
    if endpoint := os.environ.get(DYNAMODB_LOCAL):
        environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}
    else:
        aws: EmbeddedAws = request.getfixturevalue("aws")
        environment = aws.client_env
    with pytest.MonkeyPatch.context() as patch:
        # As on Lambda, a client reads its endpoint and credentials from the environment when it is created.
        for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
            patch.delenv(variable)
        for variable, value in environment.items():
            patch.setenv(variable, value)
        return Tables(credentials="", directory="", events="", secrets="", erasures="", region=REGION)


@pytest.fixture
def tables(connected: Tables, definitions: dict[str, dict[str, object]]) -> Iterator[Tables]:
    """New tables on the real engine, as the template defines them."""
    made = copy(connected)
    for name, definition in definitions.items():
        table = f"{name}-{uuid4().hex}"
        setattr(made, name, table)
        # On a busy machine the reply can exceed the client's timeout of 2 s; the retry then finds the table it created.
        with suppress(made.client.exceptions.ResourceInUseException):
            made.client.create_table(
                TableName=table,
                KeySchema=definition["KeySchema"],
                AttributeDefinitions=definition["AttributeDefinitions"],
                BillingMode=definition["BillingMode"],
            )
    yield made
    for name in definitions:
        with suppress(made.client.exceptions.ResourceNotFoundException):
            made.client.delete_table(TableName=getattr(made, name))


@pytest.fixture
def fake_storage() -> Storage:
    issuer_store = fakes.IssuerStore()
    return Storage(issuer_store, issuer_store, fakes.EventStore(), issuer_store.salts)


@pytest.fixture
def real_storage(tables: Tables) -> Storage:
    return Storage(
        DynamoIssuerStore(tables),
        DynamoPublicStore(tables),
        DynamoEventStore(tables, utc_now, samples.RETENTION),
        DynamoSalts(tables),
    )


@pytest.fixture(params=["fake_storage", "real_storage"])
def storage(request: pytest.FixtureRequest) -> Storage:
    return request.getfixturevalue(request.param)
