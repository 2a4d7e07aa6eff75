"""The storages that the suite runs on: the fakes, and the real engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from cfnlint.decode import cfn_yaml

from chalicelib.analytics.ports import Journal, Salts
from chalicelib.award.ports import Ledger
from chalicelib.dynamo.journal import DynamoJournal
from chalicelib.dynamo.ledger import DynamoLedger
from chalicelib.dynamo.salts import DynamoSalts
from chalicelib.dynamo.shelf import DynamoShelf
from chalicelib.dynamo.tables import Tables
from chalicelib.lookup.ports import Shelf
from local.aws import EmbeddedAws
from tests import fakes

TEMPLATE = Path(__file__).resolve().parents[2] / "infrastructure" / "resources.yaml"
TABLES = {"credentials": "CredentialsTable", "events": "EventsTable", "secrets": "SecretsTable"}


@dataclass(frozen=True)
class Storage:
    """One implementation of every port of storage, over the same data."""

    ledger: Ledger
    shelf: Shelf
    journal: Journal
    salts: Salts


@pytest.fixture(scope="session")
def definitions() -> dict[str, dict[str, object]]:
    """How the template that ships defines the tables, by our name for each."""
    resources = cfn_yaml.load(str(TEMPLATE))["Resources"]
    return {name: resources[logical]["Properties"] for name, logical in TABLES.items()}


@pytest.fixture
def tables(aws: EmbeddedAws, definitions: dict[str, dict[str, object]]) -> Iterator[Tables]:
    """Fresh tables on the real engine, as the template defines them."""
    names = {name: f"{name}-{uuid4().hex}" for name in TABLES}
    with pytest.MonkeyPatch.context() as patch:
        # A client takes its endpoint and its credentials from the environment, as on Lambda, when it is made.
        for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
            patch.delenv(variable)
        for variable, value in aws.client_env.items():
            patch.setenv(variable, value)
        made = Tables(**names, region=aws.region)
    for name, table in names.items():
        made.client.create_table(
            TableName=table,
            KeySchema=definitions[name]["KeySchema"],
            AttributeDefinitions=definitions[name]["AttributeDefinitions"],
            BillingMode=definitions[name]["BillingMode"],
        )
    yield made
    for table in names.values():
        made.client.delete_table(TableName=table)


@pytest.fixture(params=["fakes", "engine"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "fakes":
        ledger = fakes.Ledger()
        return Storage(ledger, ledger, fakes.Journal(), ledger.salts)
    tables = request.getfixturevalue("tables")
    return Storage(DynamoLedger(tables), DynamoShelf(tables), DynamoJournal(tables), DynamoSalts(tables))
