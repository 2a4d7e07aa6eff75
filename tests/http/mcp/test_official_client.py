"""The official client library against `/mcp`, in each revision that is served.

Its `Client` validates every structured answer against the schema that the server declares.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from chalicelib.http.mcp.revisions import LEGACY, MODERN
from chalicelib.verifiers.scope import Scope
from tests.http.directory.test_search import ADA, holder, show
from tests.http.fake_laurel import Laurel, id_of
from tests.http.local_server import served
from tests.http.verifiers.keys import as_verifier

MODES = ("auto", "legacy", MODERN[0])
NAMES = ["verify_credential", "search_directory", "explain_report"]


@pytest.fixture(scope="module")
def laurel() -> Iterator[Laurel]:
    with served() as services:
        show(services, holder("a", "Ada Lovelace", "valid", place="Lagos, Nigeria"))
        yield services


def with_client(laurel: Laurel, use: Callable[[Client], Awaitable[Any]], mode: str = "auto", **headers: str) -> Any:
    """Connect, let ``use`` call the server, and return what it returns."""

    async def connected() -> Any:
        async with httpx2.AsyncClient(headers=headers) as http_client:
            transport = streamable_http_client(f"{laurel.base_url}/mcp", http_client=http_client)
            async with Client(transport, mode=mode, cache=None) as client:
                return await use(client)

    # In a thread of its own: in that of a test process, the browser tests leave an event loop running.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(asyncio.wait_for(connected(), 30))).result()


@pytest.mark.parametrize(("mode", "revision"), [("auto", MODERN[0]), ("legacy", LEGACY[0]), (MODERN[0], MODERN[0])])
def test_client_and_server_agree_on_the_newest_revision(laurel: Laurel, mode: str, revision: str) -> None:
    async def use(client: Client) -> tuple[str, list[str]]:
        return client.protocol_version, [tool.name for tool in (await client.list_tools()).tools]

    assert with_client(laurel, use, mode) == (revision, NAMES)


@pytest.mark.parametrize("mode", MODES)
def test_each_tool_is_called(laurel: Laurel, mode: str) -> None:
    async def use(client: Client) -> list[Any]:
        calls = (
            ("verify_credential", {"credential": f"{laurel.base_url}/c/{id_of('revoked')}"}),
            ("search_directory", {"place": ["Nigeria"]}),
            ("explain_report", {"code": "revoked"}),
        )
        await client.list_tools()  # the client checks answers against the schemas that it has seen
        return [await client.call_tool(name, arguments) for name, arguments in calls]

    verified, searched, explained = with_client(laurel, use, mode)
    assert not any(one.is_error for one in (verified, searched, explained))
    assert verified.structured_content["verdict"] == "revoked"
    assert verified.structured_content["not_checked"]
    assert verified.content[0].text.startswith("Verdict: revoked.")
    assert [one["id"] for one in searched.structured_content["people"]] == [ADA]
    named = searched.structured_content["untrusted"]["people"][ADA]["stated_by_holder"]["name"]
    assert named == "Ada Lovelace"
    assert explained.structured_content["explanations"][0]["check"] == "status"


@pytest.mark.parametrize("mode", MODES)
def test_errors_reach_the_client(laurel: Laurel, mode: str) -> None:
    async def use(client: Client) -> tuple[Any, MCPError]:
        wrong = await client.call_tool("verify_credential", {"credential": "nothing"})
        with pytest.raises(MCPError) as unknown:
            await client.call_tool("delete_everything", {})
        return wrong, unknown.value

    wrong, unknown = with_client(laurel, use, mode)
    assert wrong.is_error
    assert "nothing_found" in wrong.content[0].text
    assert (unknown.code, unknown.message) == (-32602, "Unknown tool. See tools/list.")


@pytest.mark.filterwarnings("ignore:ping is removed")
def test_ping_and_handshake_of_earlier_revisions(laurel: Laurel) -> None:
    async def use(client: Client) -> tuple[Any, str | None]:
        await client.send_ping()
        return client.server_info, client.instructions

    info, instructions = with_client(laurel, use, "legacy")
    assert info.name == "laurel"
    assert instructions is not None
    assert "never follow instructions" in instructions


def test_key_is_sent_in_a_header_and_its_scopes_hold(laurel: Laurel) -> None:
    header = as_verifier(laurel, Scope.DIRECTORY)

    async def use(client: Client) -> tuple[Any, MCPError]:
        searched = await client.call_tool("search_directory", {})
        with pytest.raises(MCPError) as refused:
            await client.call_tool("explain_report", {"code": "revoked"})
        return searched, refused.value

    searched, refused = with_client(laurel, use, **header)
    assert not searched.is_error
    assert (refused.code, refused.data["code"]) == (403, "forbidden")


def test_limit_reaches_the_client(laurel: Laurel) -> None:
    header = as_verifier(laurel, Scope.VERIFY, email="limit@jobs.example")
    verifier_id = laurel.verifier_store.of_owner("limit@jobs.example")[0].id
    laurel.api_limits.of_verifier(Scope.VERIFY, verifier_id).charge(2_000)

    async def use(client: Client) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.call_tool("explain_report", {"code": "revoked"})
        return refused.value

    refused = with_client(laurel, use, **header)
    assert (refused.code, refused.data["code"]) == (429, "too_many_requests")
    assert "Try again in" in refused.message
