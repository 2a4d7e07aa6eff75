"""Entries for achievements and credentials."""

from __future__ import annotations

from chalicelib.award.issuing import issue, status_changes
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.build import Holder
from tests.http.matrix import Builder, Call, EntryContext


def issue_credential(at: EntryContext) -> str:
    award = Award(at.owner, at.achievement, Holder("Ada Nwosu", "ada@example.org"))
    return issue.issue(at.laurel.issuer_context, award).id


def issue_suspended_credential(at: EntryContext) -> str:
    name = issue_credential(at)
    status_changes.suspend(at.laurel.issuer_context, at.owner, name)
    return name


def revision_body(at: EntryContext) -> dict[str, object]:
    version = at.laurel.issuer_store.achievement(at.owner, at.achievement).version
    return {
        "version": version, "name": "Data analysis in practice", "description": "Can.", "criteria": "Do.",
        "image": {"alt": "A wheel"},
    }  # fmt: skip


PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAAAAAAAASUVORK5CYII="
NEW = {"name": "New", "description": "Can.", "criteria": "Do.", "image": {"png": PICTURE, "alt": "A wheel"}}

ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/achievements"): lambda at: Call("/v1/achievements"),
    ("POST", "/v1/achievements"): lambda at: Call("/v1/achievements", json=NEW, allowed_status=201),
    ("GET", "/v1/achievements/{id}"): lambda at: Call(f"/v1/achievements/{at.achievement}"),
    ("PUT", "/v1/achievements/{id}"): lambda at: Call(f"/v1/achievements/{at.achievement}", json=revision_body(at)),
    ("GET", "/v1/achievements/{id}/versions"): lambda at: Call(f"/v1/achievements/{at.achievement}/versions"),
    ("GET", "/v1/credentials"): lambda at: Call("/v1/credentials"),
    ("POST", "/v1/credentials"): lambda at: Call(
        "/v1/credentials",
        json={"achievement": at.achievement, "holder": {"name": "Ada Nwosu"}},
        allowed_status=201,
        foreign_status=404,
    ),
    ("POST", "/v1/credentials/{id}/revoke"): lambda at: Call(f"/v1/credentials/{issue_credential(at)}/revoke", json={}),
    ("POST", "/v1/credentials/{id}/suspend"): lambda at: Call(
        f"/v1/credentials/{issue_credential(at)}/suspend", json={}
    ),
    ("POST", "/v1/credentials/{id}/reinstate"): lambda at: Call(
        f"/v1/credentials/{issue_suspended_credential(at)}/reinstate", json={}
    ),
    ("POST", "/v1/credentials/{id}/correct"): lambda at: Call(
        f"/v1/credentials/{issue_credential(at)}/correct",
        json={"holder": {"name": "Ada Nwosu-Okafor"}},
        allowed_status=201,
    ),
    ("POST", "/v1/credentials/{id}/renew"): lambda at: Call(
        f"/v1/credentials/{issue_credential(at)}/renew", json={}, allowed_status=201
    ),
}
