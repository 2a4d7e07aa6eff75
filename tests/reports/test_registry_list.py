from __future__ import annotations

import json

import pytest

from chalicelib.errors import Malformed
from chalicelib.reports.registry_list import RegistrySource, names_in

DID = "did:web:fernhill.example"


@pytest.mark.parametrize("member", ["registry", "entries"])
def test_a_list_names_its_issuers(member: str) -> None:
    entry = {"name": "Fernhill College", "location": "Fernhill", "url": "https://fernhill.example"}
    document = {"meta": {"updated": "2026-01-01"}, member: {DID: entry, "did:web:nameless.example": {}, "did:x": None}}
    assert names_in(json.dumps(document).encode()) == {DID: "Fernhill College"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"registry": []}', b'{"registry":{},"registry":{}}'])
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        names_in(body)


def test_only_https_is_fetched() -> None:
    assert RegistrySource("A", "https://a.example/registry.json").is_fetched
    assert not RegistrySource("A", "registry.json").is_fetched
