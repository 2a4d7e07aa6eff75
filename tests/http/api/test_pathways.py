"""Pathways through the API, and on the credential page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from chalicelib.access.roles import Role
from chalicelib.award import achievements
from chalicelib.award.issuing import issue, status_changes
from chalicelib.award.issuing.issue import Award
from chalicelib.award.pathways import rewards
from chalicelib.credential.build import Holder
from tests.http.fake_laurel import Laurel, id_of, picture
from tests.http.gateway import HTML, Gateway, Response
from tests.http.signed_in import as_token


@dataclass
class College:
    """Fernhill with the achievements `first` (of its credentials), `second` and `whole`."""

    client: Gateway
    laurel: Laurel

    def __post_init__(self) -> None:
        self.editor = as_token(self.laurel, "fernhill", Role.EDITOR)
        self.first = next(iter(self.laurel.issuer_store.achievements("fernhill"))).id
        self.second, self.whole = self.achievement("Statistics"), self.achievement("Data scientist")

    def achievement(self, name: str) -> str:
        new = achievements.NewAchievement("fernhill", name, "Can.", "Did.", picture(), "A chart")
        return achievements.add(self.laurel.issuer_context, new).id

    def draft(self, **changes: object) -> dict[str, Any]:
        second = {"achievement": self.second, "url": "https://fernhill.example/sign-up?course=2&from=badge"}
        return {
            "name": "To data scientist",
            "description": "Two courses.",
            "root": {"in_order": [{"achievement": self.first}, second]},
            "reward": self.whole,
            **changes,
        }

    def send(self, method: str, path: str, body: object) -> Response:
        return self.client(method, path, body=json.dumps(body).encode(), content_type="application/json", **self.editor)

    def create_pathway(self, **changes: object) -> dict[str, Any]:
        response = self.send("POST", "/v1/pathways", self.draft(**changes))
        assert response.status == 201, response.text
        return response.json  # type: ignore[no-any-return]

    def progress(self, pathway: dict[str, Any], query: str = "?email=ada@example.org") -> Any:
        response = self.client.get(f"/v1/pathways/{pathway['id']}/progress{query}", **self.editor)
        assert response.status == 200, response.text
        return response.json

    def earn(self, achievement: str) -> str:
        award = Award("fernhill", achievement, Holder("Ada Nwosu", "ada@example.org"))
        record = issue.issue(self.laurel.issuer_context, award)
        handle = rewards.handler(self.laurel.issuer_context, self.laurel.pathways, self.laurel.issuer_store.tasks)
        for task in list(self.laurel.issuer_store.tasks.due(self.laurel.now, 100)):
            if task.kind == rewards.KIND:
                handle(task)
        return record.id


@pytest.fixture
def college(laurel: Laurel, client: Gateway) -> College:
    return College(client, laurel)


def test_a_pathway_is_created_read_and_updated(college: College) -> None:
    pathway = college.create_pathway()
    assert (pathway["version"], pathway["reward_name"]) == (1, "Data scientist")
    assert [step["name"] for step in pathway["root"]["in_order"]] == ["Data analysis in practice", "Statistics"]
    assert college.client.get(f"/v1/pathways/{pathway['id']}", **college.editor).json == pathway
    assert college.client.get("/v1/pathways", **college.editor).json == {"items": [pathway], "next": None}
    changed = college.send("PUT", f"/v1/pathways/{pathway['id']}", {**pathway, "name": "Another"})
    assert (changed.status, changed.json["version"], changed.json["name"]) == (200, 2, "Another")
    late = college.send("PUT", f"/v1/pathways/{pathway['id']}", pathway)
    assert (late.status, late.json["code"]) == (409, "version_conflict")


@pytest.mark.parametrize(
    ("pointer", "changes"),
    [
        ("/name", {"name": None}),
        ("/root", {"root": None}),
        ("/root", {"root": {"achievement": "a"}}),
        ("/root/all", {"root": {"all": []}}),
        ("/root/all/0", {"root": {"all": ["a"]}}),
        ("/root/all/0/achievement", {"root": {"all": [{"name": "x"}]}}),
        ("/root/all/0/ulr", {"root": {"all": [{"achievement": "a", "ulr": "x"}]}}),
        ("/root/required", {"root": {"any": [{"achievement": "a"}]}}),
        ("/root/in_order", {"root": {"all": [{"achievement": "a"}], "in_order": []}}),
        ("/root/all/0/all/0/all/0/all/0", {"root": {"all": [{"all": [{"all": [{"all": [{"all": []}]}]}]}]}}),
        ("/archived", {"archived": 1}),
        ("/version", {"version": True}),
    ],
)
def test_an_error_in_a_pathway_has_its_json_pointer(college: College, pointer: str, changes: Any) -> None:
    response = college.send("POST", "/v1/pathways", college.draft(**changes))
    assert response.status == 400, response.text
    assert response.json["errors"][0]["pointer"] == pointer


def test_a_reward_that_is_a_step_is_refused(college: College) -> None:
    response = college.send("POST", "/v1/pathways", college.draft(reward=college.first))
    assert (response.status, response.json["code"]) == (422, "refused")


def test_progress_lists_each_step(college: College) -> None:
    pathway = college.create_pathway()
    progress = college.progress(pathway)
    assert (progress["complete"], progress["done"], progress["needed"], progress["completed"]) == (False, 1, 2, None)
    assert [step["state"] for step in progress["root"]["in_order"]] == ["done", "open"]
    assert [step["achievement"] for step in progress["next"]] == [college.second]
    assert college.first in progress["credentials"]
    no_credentials = college.progress(pathway, "?email=nobody@example.org")
    assert (no_credentials["done"], [step["state"] for step in no_credentials["root"]["in_order"]]) == (
        0,
        ["open", "locked"],
    )


def test_progress_reports_eligibility_for_a_step(college: College) -> None:
    pathway = college.create_pathway()
    for email, first, second in (("ada@example.org", False, True), ("nobody@example.org", True, False)):
        for achievement, eligible in ((college.first, first), (college.second, second)):
            assert college.progress(pathway, f"?email={email}&achievement={achievement}")["eligible"] is eligible
    assert "eligible" not in college.progress(pathway)


def test_eligibility_for_an_achievement_outside_the_pathway_is_an_error(college: College) -> None:
    pathway = college.create_pathway()
    for achievement in (college.whole, college.second[:-1], "0", "x" * 400):
        url = f"/v1/pathways/{pathway['id']}/progress?email=ada@example.org&achievement={achievement}"
        refused = college.client.get(url, **college.editor)
        assert (refused.status, refused.json["code"]) == (422, "not_a_step")
        assert "eligible" not in refused.json
    missing_email = college.client.get(
        f"/v1/pathways/{pathway['id']}/progress?achievement={college.first}", **college.editor
    )
    assert (missing_email.status, missing_email.json["errors"][0]["pointer"]) == (400, "/email")


def test_completions_report_revoked_supporting_credentials(college: College) -> None:
    pathway = college.create_pathway()
    last = college.earn(college.second)
    progress = college.progress(pathway)
    reward = progress["completed"]["reward"]
    assert college.client.get(f"/v1/credentials/{reward}").json["verdict"] == "valid"
    [completion] = college.progress(pathway, "")["items"]
    assert (completion["email"], completion["supported"], completion["inactive"]) == ("ada@example.org", True, [])
    status_changes.revoke(college.laurel.issuer_context, "fernhill", last)
    [completion] = college.progress(pathway, "")["items"]
    assert (completion["supported"], completion["inactive"]) == (False, [last])
    assert college.client.get(f"/v1/credentials/{reward}").json["verdict"] == "valid"


def test_an_invalid_completions_cursor_is_refused(college: College) -> None:
    pathway = college.create_pathway()
    for cursor in ("x", "~", "a" * 27):
        refused = college.client.get(f"/v1/pathways/{pathway['id']}/progress?cursor={cursor}", **college.editor)
        assert (refused.status, refused.json["code"]) == (400, "bad_cursor")


def test_an_invalid_email_is_an_error(college: College) -> None:
    pathway = college.create_pathway()
    misspelt = college.client.get(f"/v1/pathways/{pathway['id']}/progress?mail=ada@example.org", **college.editor)
    assert (misspelt.status, misspelt.json["errors"][0]["pointer"]) == (400, "/mail")
    response = college.client.get(f"/v1/pathways/{pathway['id']}/progress?email=ada", **college.editor)
    assert response.json["errors"][0]["pointer"] == "/email"


# The public credential page.


def section(page: str) -> str:
    return unescape(page.partition('aria-labelledby="onward"')[2].partition("</section>")[0])


def test_the_credential_page_shows_the_next_step_and_its_sign_up_link(college: College) -> None:
    college.create_pathway()
    shown = section(college.client.get(college.laurel.url("valid"), accept=HTML).text)
    assert "To data scientist" in shown
    assert "Statistics" in shown
    assert 'href="https://fernhill.example/sign-up?course=2&from=badge"' in shown
    assert "Data scientist" in shown
    assert "Ada" not in shown


def test_the_api_returns_the_next_step(college: College) -> None:
    pathway = college.create_pathway()
    [link] = college.client.get(f"/v1/credentials/{id_of('valid')}").json["pathways"]
    assert link == {
        "id": pathway["id"],
        "name": "To data scientist",
        "next": [
            {
                "achievement": college.second,
                "name": "Statistics",
                "url": "https://fernhill.example/sign-up?course=2&from=badge",
            }
        ],
        "reward": "Data scientist",
        "steps": 2,
        "place": 1,
    }


def test_a_credential_outside_pathways_shows_none(college: College) -> None:
    shown = section(college.client.get(college.laurel.url("valid"), accept=HTML).text)
    assert "More from this issuer" in shown
    assert "Step" not in shown
    assert "<progress" not in shown
    assert college.client.get(f"/v1/credentials/{id_of('valid')}").json["pathways"] == []


@pytest.mark.parametrize("kind", ["revoked", "suspended", "tampered", "wrong_signer", "unreachable_status"])
def test_a_page_with_a_warning_shows_no_pathways(college: College, kind: str) -> None:
    college.create_pathway()
    assert section(college.client.get(college.laurel.url(kind), accept=HTML).text) == ""


@pytest.mark.parametrize("kind", ["valid", "expired", "not_yet_valid"])
def test_a_genuine_credential_shows_its_pathways(college: College, kind: str) -> None:
    college.create_pathway()
    assert "Statistics" in section(college.client.get(college.laurel.url(kind), accept=HTML).text)


def test_non_https_urls_are_not_linked_and_markup_is_escaped(college: College) -> None:
    marked = {"achievement": college.second, "url": "http://fernhill.example/", "name": "<b>S</b>"}
    college.create_pathway(
        name='"><script>alert(1)</script>', root={"in_order": [{"achievement": college.first}, marked]}
    )
    page = college.client.get(college.laurel.url("valid"), accept=HTML).text
    assert "<script>alert" not in page
    assert "<b>S</b>" not in page
    assert "http://fernhill.example/" not in page


def test_the_last_step_of_a_pathway_shows_its_reward(college: College) -> None:
    college.create_pathway(root={"in_order": [{"achievement": college.second}, {"achievement": college.first}]})
    shown = section(college.client.get(college.laurel.url("valid"), accept=HTML).text)
    assert "To data scientist" in shown
    assert "Data scientist" in shown
    assert "This is the last step." in shown
    assert "Next step" not in shown
