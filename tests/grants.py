"""What a role of `infrastructure/resources.yaml` may do in the tables, and a client that is held to it.

The embedded AWS does not evaluate `dynamodb:LeadingKeys`, so a missing prefix would fail only on AWS.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.dynamo.tables import Tables

TEMPLATE = Path(__file__).resolve().parents[1] / "infrastructure" / "resources.yaml"
TABLES = {
    "CredentialsTable": "credentials",
    "DirectoryTable": "directory",
    "EventsTable": "events",
    "SecretsTable": "secrets",
    "ErasuresTable": "erasures",
}
_OPERATORS = ("ForAllValues:StringLike", "ForAllValues:StringEquals")


@dataclass(frozen=True)
class Grant:
    """One statement about a table; ``partitions`` are patterns of partition keys."""

    actions: frozenset[str]
    table: str
    partitions: tuple[str, ...] = ("*",)


@dataclass(frozen=True)
class Call:
    """One action on partitions of a table that an API call needs permission for."""

    action: str
    table: str
    pks: frozenset[str]

    def allowed(self, grants: Collection[Grant]) -> bool:
        """Whether one of ``grants`` covers all the partitions, as `ForAllValues` demands."""
        return any(
            self.action in grant.actions
            and self.table == grant.table
            and all(any(fnmatchcase(pk, pattern) for pattern in grant.partitions) for pk in self.pks)
            for grant in grants
        )


@cache
def read_template() -> Mapping[str, Any]:
    """The resources of `infrastructure/resources.yaml`, by logical id."""
    from cfnlint.decode import cfn_yaml  # imports a computer algebra system, which each worker would load to collect

    resources: Mapping[str, Any] = cfn_yaml.load(str(TEMPLATE))["Resources"]
    return resources


def grants_of(resources: Mapping[str, Any], role: str) -> list[Grant]:
    """The grants of a role on tables, from its own and its managed policies."""
    properties = resources[role]["Properties"]
    policies = [resources[one["Ref"]]["Properties"] for one in properties.get("ManagedPolicyArns", ())]
    found = []
    for policy in (*properties["Policies"], *policies):
        for statement in policy["PolicyDocument"]["Statement"]:
            resource = statement["Resource"]
            attribute = resource.get("Fn::GetAtt") if isinstance(resource, Mapping) else None
            if attribute is not None and attribute[0] in TABLES:
                found.append(_grant(statement, TABLES[attribute[0]]))
    return found


def _grant(statement: Mapping[str, Any], table: str) -> Grant:
    action = statement["Action"]
    actions = [action] if isinstance(action, str) else action
    conditions = dict(statement.get("Condition", {}))
    partitions = [key for name in _OPERATORS for key in conditions.pop(name, {}).get("dynamodb:LeadingKeys", ())]
    assert not conditions, f"an unknown condition: {conditions}"
    return Grant(
        frozenset(one.removeprefix("dynamodb:") for one in actions), table, tuple(map(str, partitions)) or ("*",)
    )


def calls_of(operation: str, params: Mapping[str, Any], names: Mapping[str, str]) -> list[Call]:
    """The permissions that an API call needs; ``names`` maps table names to their short names.

    A transaction needs each of its actions on all its partitions. AWS does not document whether the condition sees only
    the items of that action, so this is the stricter reading.
    """
    if operation == "BatchGetItem":
        return [
            Call(operation, names[table], frozenset(_pk(key) for key in request["Keys"]))
            for table, request in params["RequestItems"].items()
        ]
    if operation == "BatchWriteItem":
        return [
            Call(operation, names[table], frozenset(_pk(put.get("Item") or put["Key"]) for put in _requests(writes)))
            for table, writes in params["RequestItems"].items()
        ]
    if operation == "TransactWriteItems":
        actions = [(kind, one) for action in params["TransactItems"] for kind, one in action.items()]
        pks = frozenset(_pk(one.get("Item") or one["Key"]) for _, one in actions)
        return [Call(f"{kind}Item", names[one["TableName"]], pks) for kind, one in actions]
    if operation == "Query":
        return [
            Call(operation, names[params["TableName"]], frozenset([params["ExpressionAttributeValues"][":pk"]["S"]]))
        ]
    if operation == "Scan":
        return [Call(operation, names[params["TableName"]], frozenset(["*"]))]
    return [Call(operation, names[params["TableName"]], frozenset([_pk(params.get("Item") or params["Key"])]))]


def _requests(writes: Any) -> list[Mapping[str, Any]]:
    return [one for write in writes for one in write.values()]


def _pk(item: Mapping[str, Any]) -> str:
    return str(item["pk"]["S"])


@contextmanager
def enforced(tables: Tables, grants: Collection[Grant]) -> Iterator[list[Call]]:
    """Refuse the calls of ``tables`` that ``grants`` do not allow. Yields the refused ones."""
    names = {getattr(tables, name): name for name in TABLES.values()}
    refused: list[Call] = []

    def check(params: dict[str, Any], model: Any, **_: Any) -> None:
        denied = [call for call in calls_of(model.name, params, names) if not call.allowed(grants)]
        refused.extend(denied)
        if denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": str(denied)}}, model.name)

    events = tables.client.meta.events
    events.register("before-parameter-build.dynamodb", check)
    try:
        yield refused
    finally:
        events.unregister("before-parameter-build.dynamodb", check)
