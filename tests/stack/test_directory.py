"""The directory of the running stack: changes reach its index through the stream of the credentials table."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from local.deploy import client
from tests.conftest import RunningStack
from tests.stack import jobs
from tests.stack.test_edge import send_request
from tests.stack.test_issuing import cli

SECONDS = 40
"""How long a change may take on a busy machine. On AWS it takes one or two."""


def search(stack: RunningStack, **parameters: str) -> list[dict[str, Any]]:
    found = send_request(stack, f"/v1/directory?{urlencode(parameters)}")
    assert found.status == 200, found.body
    items: list[dict[str, Any]] = found.json["items"]
    return items


def count(stack: RunningStack, **filters: str) -> int:
    """How many people the index contains, or has for ``filters``."""
    query = urlencode({**filters, "include": "total", "limit": "1"})  # the stack has a daily limit of people shown
    total: int = send_request(stack, f"/v1/directory?{query}").json["total"]["value"]
    return total


def settled_count(stack: RunningStack, **filters: str) -> int:
    """`count`, once it has stopped changing: the demo's profiles may still be on their way to the index."""
    counts = [count(stack, **filters)]
    while len(counts) < 3 or len(set(counts[-3:])) > 1:
        time.sleep(1)
        counts.append(count(stack, **filters))
    return counts[-1]


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(1)  # one search a second has room in the limit, however long it takes
    return True


def test_demo_holders_are_found_by_name_place_and_skill(stack: RunningStack) -> None:
    assert eventually(lambda: count(stack) > 20)
    (hana,) = search(stack, q="鈴木")
    assert hana["stated_by_holder"]["name"] == "鈴木 はな"
    assert search(stack, place="Nigeria")
    page = send_request(stack, "/directory", accept="text/html")
    assert (page.status, b"<h3>" in page.body) == (200, True)


def test_a_withdrawn_profile_leaves_the_results_at_once_and_the_index_soon(stack: RunningStack) -> None:
    assert eventually(lambda: count(stack) > 20)
    found = search(stack, limit="50")[-1]
    holder_id, name = found["id"], found["stated_by_holder"]["name"]
    dynamodb, names = client(jobs.embedded_aws(stack), "dynamodb"), stack.local.environment()
    key = {"pk": {"S": f"PUBLISHED#{holder_id}"}, "sk": {"S": "PUBLISHED"}}
    stored = dynamodb.get_item(TableName=names["CREDENTIALS_TABLE"], Key=key)["Item"]
    indexed = settled_count(stack, q=name)  # of everyone, others may still be on their way to the index
    dynamodb.delete_item(TableName=names["CREDENTIALS_TABLE"], Key=key)
    assert holder_id not in {one["id"] for one in search(stack, limit="50")}
    assert eventually(lambda: count(stack, q=name) == indexed - 1)
    dynamodb.put_item(TableName=names["CREDENTIALS_TABLE"], Item=stored)
    assert eventually(lambda: holder_id in {one["id"] for one in search(stack, limit="50")})


def test_a_suspended_credential_proves_nothing_until_it_is_reinstated(stack: RunningStack) -> None:
    assert eventually(lambda: count(stack) > 20)
    dynamodb, names = client(jobs.embedded_aws(stack), "dynamodb"), stack.local.environment()
    found = search(stack, sort="credentials", limit="50")[0]
    key = {"pk": {"S": f"PUBLISHED#{found['id']}"}, "sk": {"S": "PUBLISHED"}}
    shown = dynamodb.get_item(TableName=names["CREDENTIALS_TABLE"], Key=key)["Item"]["credentials"]["L"]
    valid = [one["S"] for one in shown if cli(stack, "credential", "show", one["S"])["verdict"] == "valid"]
    filters = {"achievement": found["achievements"][0]["id"]}
    before = settled_count(stack, **filters)
    cli(stack, "credential", "suspend", *valid)
    assert found["id"] not in {one["id"] for one in search(stack, limit="50", **filters)}
    assert eventually(lambda: count(stack, **filters) == before - 1)
    cli(stack, "credential", "reinstate", *valid)
    assert eventually(lambda: found["id"] in {one["id"] for one in search(stack, limit="50", **filters)})


def test_the_index_is_rebuilt_and_right(stack: RunningStack) -> None:
    settled_count(stack)
    people = cli(stack, "directory", "rebuild")["people"]
    assert people > 20
    assert cli(stack, "directory", "check")["people"] == []
    assert len(search(stack, limit="50")) == people
