"""Create the tables in the embedded AWS from the environment, issue one credential and print its location.

Output: ``{"id", "document", "token", "table", "key": {"pk": {"S"}, "sk": {"S"}}}``.
"""

from __future__ import annotations

import json
import sys

import boto3

from chalicelib import settings
from chalicelib.access import tokens
from chalicelib.access.roles import Role
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.dynamo import keys
from chalicelib.http.core.log import LogFallback
from chalicelib.services import Services, build
from cli.demo.png import Canvas

ISSUER = NewIssuer("fernhill", "Fernhill College", "https://fernhill.example/", "Courses by the river.")


def main() -> None:
    services = build(settings.read(), fallback=LogFallback())
    make_tables(services.settings)
    record_id = issue_one(services)
    key = keys.record(record_id)
    _, token = tokens.make(services.access_context, ISSUER.id, Role.VIEWER, "Benchmark", "benchmark")
    where = {
        "id": record_id,
        "document": services.issuer_store.record(record_id).document.decode("utf-8"),
        "token": token,
        "table": services.settings.credentials_table,
        "key": _raw(key),
    }
    sys.stdout.write(json.dumps(where) + "\n")


def make_tables(names: settings.Settings) -> None:
    """Create the tables."""
    client = boto3.client("dynamodb")
    tables = (
        names.credentials_table, names.directory_table, names.events_table, names.secrets_table, names.erasures_table,
    )  # fmt: skip
    for name in tables:
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )


def issue_one(services: Services) -> str:
    """Create the issuer and issue one credential; its id."""
    issuer_context = services.issuer_context
    issuer_actions.create(issuer_context, ISSUER, registered=True)
    achievement = achievements.add(
        issuer_context,
        NewAchievement(
            issuer_id=ISSUER.id,
            name="Watercolour, first steps",
            description="Paints a landscape from life.",
            criteria="Finished three paintings out of doors.",
            picture=Canvas(16).png(),
            picture_alt="A blank canvas",
            skills=(Skill("paint", "http://data.europa.eu/esco/skill/1", "ESCO"),),
        ),
    )
    award = Award(
        issuer_id=ISSUER.id,
        achievement_id=achievement.id,
        holder=Holder("Ada Nwosu", "ada@example.org"),
        evidence=(EvidenceLink("https://fernhill.example/work/1", "Three paintings"),),
    )
    return issue.issue(issuer_context, award).id


def _raw(key: keys.Key) -> dict[str, dict[str, str]]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


if __name__ == "__main__":
    main()
