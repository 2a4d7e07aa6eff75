"""Pathways by HTTP, and what the page of a credential says of them."""

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
from tests.http.gateway import HTML, Answer, Gateway
from tests.http.signed_in import as_token
from tests.http.world import Laurel, id_of, picture


@dataclass
class College:
    """Fernhill with the achievements `first`, which its credentials are of, `second` and `whole`."""

    ask: Gateway
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

    def send(self, method: str, path: str, body: object) -> Answer:
        return self.ask(method, path, body=json.dumps(body).encode(), content_type="application/json", **self.editor)

    def draw(self, **changes: object) -> dict[str, Any]:
        answer = self.send("POST", "/v1/pathways", self.draft(**changes))
        assert answer.status == 201, answer.text
        return answer.json  # type: ignore[no-any-return]

    def progress(self, way: dict[str, Any], query: str = "?email=ada@example.org") -> Any:
        answer = self.ask.get(f"/v1/pathways/{way['id']}/progress{query}", **self.editor)
        assert answer.status == 200, answer.text
        return answer.json

    def earn(self, achievement: str) -> str:
        award = Award("fernhill", achievement, Holder("Ada Nwosu", "ada@example.org"))
        record = issue.issue(self.laurel.issuer_context, award)
        handle = rewards.handler(self.laurel.issuer_context, self.laurel.pathways, self.laurel.issuer_store.tasks)
        for task in list(self.laurel.issuer_store.tasks.due(self.laurel.now, 100)):
            if task.kind == rewards.KIND:
                handle(task)
        return record.id


@pytest.fixture
def college(laurel: Laurel, ask: Gateway) -> College:
    return College(ask, laurel)


def test_a_pathway_is_written_read_and_changed(college: College) -> None:
    way = college.draw()
    assert (way["version"], way["reward_name"]) == (1, "Data scientist")
    assert [step["name"] for step in way["root"]["in_order"]] == ["Data analysis in practice", "Statistics"]
    assert college.ask.get(f"/v1/pathways/{way['id']}", **college.editor).json == way
    assert college.ask.get("/v1/pathways", **college.editor).json == {"items": [way], "next": None}
    changed = college.send("PUT", f"/v1/pathways/{way['id']}", {**way, "name": "Another"})
    assert (changed.status, changed.json["version"], changed.json["name"]) == (200, 2, "Another")
    late = college.send("PUT", f"/v1/pathways/{way['id']}", way)
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
def test_a_fault_in_a_pathway_is_named_with_its_place(college: College, pointer: str, changes: Any) -> None:
    answer = college.send("POST", "/v1/pathways", college.draft(**changes))
    assert answer.status == 400, answer.text
    assert answer.json["errors"][0]["pointer"] == pointer


def test_what_no_rule_allows_is_refused(college: College) -> None:
    answer = college.send("POST", "/v1/pathways", college.draft(reward=college.first))
    assert (answer.status, answer.json["code"]) == (422, "refused")


def test_progress_is_told_step_by_step(college: College) -> None:
    way = college.draw()
    seen = college.progress(way)
    assert (seen["complete"], seen["done"], seen["needed"], seen["completed"]) == (False, 1, 2, None)
    assert [step["state"] for step in seen["root"]["in_order"]] == ["done", "open"]
    assert [step["achievement"] for step in seen["next"]] == [college.second]
    assert college.first in seen["credentials"]
    nobody = college.progress(way, "?email=nobody@example.org")
    assert (nobody["done"], [step["state"] for step in nobody["root"]["in_order"]]) == (0, ["open", "locked"])


def test_whether_a_step_may_be_taken_can_be_asked(college: College) -> None:
    way = college.draw()
    for email, first, second in (("ada@example.org", False, True), ("nobody@example.org", True, False)):
        for achievement, may in ((college.first, first), (college.second, second)):
            assert college.progress(way, f"?email={email}&achievement={achievement}")["eligible"] is may
    assert "eligible" not in college.progress(way)


def test_an_achievement_that_is_no_step_is_refused_and_not_taken_for_a_learner_who_may_not(college: College) -> None:
    way = college.draw()
    for achievement in (college.whole, college.second[:-1], "0", "x" * 400):
        asked = f"/v1/pathways/{way['id']}/progress?email=ada@example.org&achievement={achievement}"
        refused = college.ask.get(asked, **college.editor)
        assert (refused.status, refused.json["code"]) == (422, "not_a_step")
        assert "eligible" not in refused.json
    nobody = college.ask.get(f"/v1/pathways/{way['id']}/progress?achievement={college.first}", **college.editor)
    assert (nobody.status, nobody.json["errors"][0]["pointer"]) == (400, "/email")


def test_completions_are_listed_with_what_still_stands_behind_them(college: College) -> None:
    way = college.draw()
    last = college.earn(college.second)
    seen = college.progress(way)
    reward = seen["completed"]["reward"]
    assert college.ask.get(f"/v1/credentials/{reward}").json["verdict"] == "valid"
    [completion] = college.progress(way, "")["items"]
    assert (completion["email"], completion["supported"], completion["inactive"]) == ("ada@example.org", True, [])
    status_changes.revoke(college.laurel.issuer_context, "fernhill", last)
    [completion] = college.progress(way, "")["items"]
    assert (completion["supported"], completion["inactive"]) == (False, [last])
    assert college.ask.get(f"/v1/credentials/{reward}").json["verdict"] == "valid"


def test_completions_do_not_go_on_from_a_cursor_that_no_list_gave_out(college: College) -> None:
    way = college.draw()
    for cursor in ("x", "~", "a" * 27):
        refused = college.ask.get(f"/v1/pathways/{way['id']}/progress?cursor={cursor}", **college.editor)
        assert (refused.status, refused.json["code"]) == (400, "bad_cursor")


def test_an_address_that_is_none_is_a_fault(college: College) -> None:
    way = college.draw()
    misspelt = college.ask.get(f"/v1/pathways/{way['id']}/progress?mail=ada@example.org", **college.editor)
    assert (misspelt.status, misspelt.json["errors"][0]["pointer"]) == (400, "/mail")
    answer = college.ask.get(f"/v1/pathways/{way['id']}/progress?email=ada", **college.editor)
    assert answer.json["errors"][0]["pointer"] == "/email"


# What a stranger sees.


def section(page: str) -> str:
    return unescape(page.partition('aria-labelledby="pathways"')[2].partition("</section>")[0])


def test_the_page_of_a_credential_names_the_next_step_and_where_to_sign_up(college: College) -> None:
    college.draw()
    shown = section(college.ask.get(college.laurel.url("valid"), accept=HTML).text)
    assert "To data scientist" in shown
    assert "Statistics" in shown
    assert 'href="https://fernhill.example/sign-up?course=2&from=badge"' in shown
    assert "Data scientist" in shown
    assert "Ada" not in shown


def test_a_program_reads_the_same(college: College) -> None:
    way = college.draw()
    [post] = college.ask.get(f"/v1/credentials/{id_of('valid')}").json["pathways"]
    assert post == {
        "id": way["id"],
        "name": "To data scientist",
        "next": [
            {
                "achievement": college.second,
                "name": "Statistics",
                "url": "https://fernhill.example/sign-up?course=2&from=badge",
            }
        ],
        "reward": "Data scientist",
    }


def test_what_is_in_no_pathway_has_no_such_section(college: College) -> None:
    assert section(college.ask.get(college.laurel.url("valid"), accept=HTML).text) == ""
    assert college.ask.get(f"/v1/credentials/{id_of('valid')}").json["pathways"] == []


@pytest.mark.parametrize("kind", ["revoked", "suspended", "tampered", "wrong_signer", "unreachable_status"])
def test_beside_a_warning_nothing_is_offered(college: College, kind: str) -> None:
    college.draw()
    assert section(college.ask.get(college.laurel.url(kind), accept=HTML).text) == ""


@pytest.mark.parametrize("kind", ["valid", "expired", "not_yet_valid"])
def test_what_is_real_leads_on(college: College, kind: str) -> None:
    college.draw()
    assert "Statistics" in section(college.ask.get(college.laurel.url(kind), accept=HTML).text)


def test_an_address_without_https_is_no_link_and_markup_is_text(college: College) -> None:
    marked = {"achievement": college.second, "url": "http://fernhill.example/", "name": "<b>S</b>"}
    college.draw(name='"><script>alert(1)</script>', root={"in_order": [{"achievement": college.first}, marked]})
    page = college.ask.get(college.laurel.url("valid"), accept=HTML).text
    assert "<script>" not in page
    assert "<b>S</b>" not in page
    assert "http://fernhill.example/" not in page


def test_at_the_end_of_a_pathway_the_page_says_what_it_earned(college: College) -> None:
    college.draw(root={"in_order": [{"achievement": college.second}, {"achievement": college.first}]})
    shown = section(college.ask.get(college.laurel.url("valid"), accept=HTML).text)
    assert "To data scientist" in shown
    assert "Data scientist" in shown
    assert "href" not in shown
