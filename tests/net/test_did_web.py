"""Resolve did:web, from the identifier to the controller."""

from __future__ import annotations

import json
import time

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.did_web import DidWeb, document_url
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.guard import Guard
from chalicelib.verify.ports import Fetched
from tests.net.conftest import NOW
from tests.verify.keys.test_did_document import MULTIKEY


class Pages:
    """A fake `WebFetcher` with a few pages."""

    def __init__(self, **pages: object) -> None:
        self.pages: dict[str, object] = pages
        self.fetches: list[tuple[str, bool]] = []

    def get(self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False) -> Fetched:
        self.fetches.append((url, same_origin))
        if url not in self.pages:
            raise Unavailable("There is no such page.", code="http_status")
        page = self.pages[url]
        return Fetched(url, page if isinstance(page, bytes) else json.dumps(page).encode(), NOW)


def soon() -> Deadline:
    return Deadline.after(10, time.monotonic)


def did_document(did: str) -> dict[str, object]:
    key = {"id": "#1", "type": "Multikey", "controller": did, "publicKeyMultibase": MULTIKEY}
    return {"id": did, "verificationMethod": [key], "assertionMethod": ["#1"]}


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:example.com%3a3000", "https://example.com:3000/.well-known/did.json"),
    ],
)
def test_examples_of_the_specification(did: str, url: str) -> None:
    assert document_url(did) == url


@pytest.mark.parametrize(
    "did",
    ["did:web:", "did:web", "did:web::", "did:web:example.com:", "did:web:example.com::a", "did:web:example.com:a:",
     "did:WEB:example.com", "DID:web:example.com", "did:key:z6Mk", "did:web:example.com/a", "did:web:example.com#1",
     "did:web:example.com?a", "did:web:example.com:..", "did:web:example.com:.:a", "did:web:example.com:%2e%2e",
     "did:web:example.com:a%2Fb", "did:web:example.com:a\\b", "did:web:user@example.com", "did:web:example.com%3A",
     "did:web:example.com%3Aabc", "did:web:example.com%2F..%2Fx", "did:web:example.com%40evil.example", "did:web:[::1]",
     "did:web:%5B%3A%3A1%5D", "did:web:exa mple.com", "did:web:exämple.com", "did:web:example.com\n", ""],
)  # fmt: skip
def test_a_malformed_did_web_is_refused(did: str) -> None:
    with pytest.raises(Unavailable) as caught:
        document_url(did)
    assert caught.value.code == "did_malformed"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "169.254.169.254",
        "localhost",
        "127.1",
        "0x7f.1",
        "2130706433",
        "metadata.google.internal",
        "example.com%3A8443",
        "example.com%3A80",
        "example.com%3A0",
        "example",
        "..",
        "a..b",
    ],
)
def test_the_guard_refuses_addresses_and_other_ports(host: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Guard().target(document_url(f"did:web:{host}:issuer"))
    assert caught.value.code == "url_refused"


def test_port_443_may_be_explicit() -> None:
    assert Guard().target(document_url("did:web:example.com%3A443")).origin == "https://example.com"


def test_the_controller_includes_its_evidence() -> None:
    did = "did:web:good.example:issuers:1"
    url = "https://good.example/issuers/1/did.json"
    controller = DidWeb(Pages(**{url: did_document(did)}), soon()).find(did)
    assert (controller.id, [method.id for method in controller.methods]) == (did, [f"{did}#1"])
    assert [evidence.url for evidence in controller.evidence] == [url]


@pytest.mark.parametrize(
    ("did", "same_origin"),
    [
        ("did:web:good.example", False),
        ("did:web:good.example:a", True),
        ("did:web:good.example:out:evil.example:.well-known", True),  # an open redirect at /out/
    ],
)
def test_only_a_well_known_document_may_redirect_to_another_origin(did: str, same_origin: bool) -> None:
    web = Pages(**{document_url(did): did_document(did)})
    DidWeb(web, soon()).find(did)
    assert web.fetches == [(document_url(did), same_origin)]


@pytest.mark.parametrize(
    "page",
    [b"", b"<html>", b"[]", b'{"id":1,"id":2}', b"\xff", b"[" * 100_000, did_document("did:web:evil.example"), {},
     {"id": "did:web:good.example", "verificationMethod": [1]}, b'{"id":"did:web:good.example","x":1e999}'],
)  # fmt: skip
def test_an_unusable_document_is_unavailable_not_malformed(page: object) -> None:
    web = Pages(**{"https://good.example/.well-known/did.json": page})
    with pytest.raises(Unavailable) as caught:
        DidWeb(web, soon()).find("did:web:good.example")
    assert caught.value.code == "document_unreadable"


def test_a_missing_document_is_unavailable() -> None:
    with pytest.raises(Unavailable) as caught:
        DidWeb(Pages(), soon()).find("did:web:good.example")
    assert caught.value.code == "http_status"
