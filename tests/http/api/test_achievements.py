"""Achievements through the API."""

from __future__ import annotations

import base64
import json

import pytest

from chalicelib.access.roles import Role
from tests.http.fake_laurel import Laurel, seeded
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 and so on\0\0\0\0IEND\xaeB`\x82"
).decode()


class ApiClient:
    def __init__(self, laurel: Laurel) -> None:
        self.laurel = laurel
        self.client = Gateway.over(laurel)
        self.headers = as_token(laurel, "fernhill", Role.EDITOR)

    def get(self, path: str) -> Response:
        return self.client.get(path, **self.headers)

    def send(self, method: str, path: str, sent: object) -> Response:
        return self.client(
            method, path, body=json.dumps(sent).encode(), content_type="application/json", **self.headers
        )


@pytest.fixture
def api() -> ApiClient:
    return ApiClient(seeded())


def new(**changes: object) -> dict[str, object]:
    skill = {"name": "Welding", "url": "https://skills.example/7", "framework": "ESCO", "code": "7"}
    return {
        "name": "Welding", "description": "Can weld.", "criteria": "Weld ten things.", "kind": "Certificate",
        "image": {"png": PNG, "alt": "A torch"}, "skills": [skill], "valid_days": 365, "evidence_required": True,
        "shows_count": True,
        **changes,
    }  # fmt: skip


def test_created_achievement_is_served_at_its_location(api: ApiClient) -> None:
    added = api.send("POST", "/v1/achievements", new())
    assert added.status == 201
    read = api.get(added.headers["location"].removeprefix(api.laurel.base_url))
    assert read.json == added.json
    assert read.json["shows_count"] is True
    assert (read.json["version"], read.json["valid_days"], read.json["evidence_required"]) == (1, 365, True)
    assert read.json["skills"] == new()["skills"]
    picture = api.client.get(read.json["image"]["url"].removeprefix(api.laurel.base_url))
    assert picture.body == base64.b64decode(PNG)
    assert read.json["id"] in [item["id"] for item in api.get("/v1/achievements").json["items"]]


def test_a_revision_creates_a_new_version_and_keeps_the_old_ones(api: ApiClient) -> None:
    added = api.send("POST", "/v1/achievements", new()).json
    path = f"/v1/achievements/{added['id']}"
    sent = new(name="Welding II", image={"alt": "Two torches"}, version=1)
    revised = api.send("PUT", path, sent)
    assert (revised.status, revised.json["version"]) == (200, 2)
    assert revised.json["image"] == {"url": added["image"]["url"], "alt": "Two torches"}
    assert api.send("PUT", path, sent).json == revised.json  # a retry after a lost response
    late = api.send("PUT", path, new(name="Other", version=1))
    assert (late.status, late.json["code"]) == (409, "version_conflict")
    names = [item["name"] for item in api.get(f"{path}/versions").json["items"]]
    assert names == ["Welding", "Welding II"]


def test_evidence_and_archive_rules_apply_when_issuing(api: ApiClient) -> None:
    added = api.send("POST", "/v1/achievements", new()).json
    award = {"achievement": added["id"], "holder": {"name": "Eve"}}
    assert api.send("POST", "/v1/credentials", award).json["code"] == "evidence_required"
    award["evidence"] = [{"url": "https://work.example/1", "name": "A gate"}]
    issued = api.send("POST", "/v1/credentials", award).json
    assert issued["valid_until"] is not None
    api.send("PUT", f"/v1/achievements/{added['id']}", new(version=1, archived=True))
    assert api.send("POST", "/v1/credentials", award).json["code"] == "achievement_archived"


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"name": None}, ["/name"]),
        ({"image": {"png": "no base64!", "alt": "A torch"}}, ["/image/png"]),
        ({"image": {"file": "no base64!", "alt": "A torch"}}, ["/image/file"]),
        ({"image": {"file": PNG}}, ["/image/alt"]),
        ({"skills": [{"url": "https://skills.example/7"}]}, ["/skills/0/name"]),
        ({"valid_days": 0, "evidence_required": 1}, ["/evidence_required", "/valid_days"]),
        ({"archived": True}, ["/archived"]),
    ],
)
def test_each_invalid_member_is_named(api: ApiClient, changes: dict[str, object], pointers: list[str]) -> None:
    response = api.send("POST", "/v1/achievements", new(**changes))
    assert response.status == 400
    assert sorted(error["pointer"] for error in response.json["errors"]) == pointers


def test_a_revision_requires_a_version(api: ApiClient) -> None:
    added = api.send("POST", "/v1/achievements", new()).json
    response = api.send("PUT", f"/v1/achievements/{added['id']}", new())
    assert [error["pointer"] for error in response.json["errors"]] == ["/version"]


def test_an_image_that_is_not_a_png_is_refused(api: ApiClient) -> None:
    sent = new(image={"png": base64.b64encode(b"GIF89a").decode(), "alt": "A torch"})
    assert api.send("POST", "/v1/achievements", sent).status == 422


@pytest.mark.parametrize("cursor", ["x", "~", "0", "A" * 36, "%00", "3f2b7a52-6f0e-4c33-9f0e-0d6c0f5f9c1"])
def test_an_invalid_cursor_is_an_error(api: ApiClient, cursor: str) -> None:
    refused = api.get(f"/v1/achievements?cursor={cursor}")
    assert (refused.status, refused.json["code"]) == (400, "bad_cursor")


def test_achievements_are_paginated(api: ApiClient) -> None:
    for number in range(3):
        assert api.send("POST", "/v1/achievements", new(name=f"Badge {number}")).status == 201
    all_ids = [one["id"] for one in api.get("/v1/achievements").json["items"]]
    paged_ids, next_query = [], ""
    while next_query is not None:
        page = api.get(f"/v1/achievements?limit=2{next_query}").json
        paged_ids += [one["id"] for one in page["items"]]
        next_query = page["next"] and f"&cursor={page['next']}"
    assert paged_ids == all_ids
