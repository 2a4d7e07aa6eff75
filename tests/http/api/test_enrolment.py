"""Enrolment and recommendations of an achievement, in the API and in the console."""

from __future__ import annotations

import json
from dataclasses import fields

from chalicelib.access import tokens
from chalicelib.access.roles import Role
from chalicelib.award.achievements import Content, NewAchievement
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import Gateway

OTHER = "6f2c5d0e-8a3b-4c1d-9e2f-0a1b2c3d4e5f"
ENROLMENT = {"enrolment_url": "https://fernhill.example/enrol", "eligibility": "Anyone.", "related": [OTHER]}


def test_they_are_created_kept_and_removed_by_the_api(client: Gateway, laurel: Laurel) -> None:
    _, key = tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "LMS", "tests")
    headers = {"content_type": "application/json", "authorization": f"Bearer {key}"}
    words = {"name": "First aid", "description": "Knows what to do.", "criteria": "Passed the test."}
    added = client("POST", "/v1/achievements", body=json.dumps({**words, **ENROLMENT}).encode(), **headers)
    assert added.status == 201
    assert {name: added.json[name] for name in ENROLMENT} == ENROLMENT
    page = added.json["links"]["page"]
    assert page == f"{BASE_URL}/achievements/{added.json['id']}"
    assert client.get(page.removeprefix(BASE_URL)).json["enrol"].startswith(f"{BASE_URL}/go/fernhill.")
    image = {"alt": "A cross"}
    body = json.dumps({**words, "image": image, "version": 1}).encode()
    revised = client("PUT", f"/v1/achievements/{added.json['id']}", body=body, **headers)
    assert (revised.json["enrolment_url"], revised.json["related"]) == (None, [])


def test_a_new_achievement_has_every_field_of_its_content() -> None:
    """A field that is missing there would be lost when an achievement is created."""
    names = {field.name for field in fields(Content)}
    assert names - {"archived"} <= {field.name for field in fields(NewAchievement)}
