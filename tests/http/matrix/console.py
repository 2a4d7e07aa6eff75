"""The console's pages."""

from __future__ import annotations

from tests.http.matrix import At, Builder, Call
from tests.http.matrix.access import a_member, a_token, fresh_address
from tests.http.matrix.award import a_credential
from tests.http.matrix.jobs import a_job
from tests.http.matrix.paths import a_hook, a_pathway

WORDS = {"name": "New", "url": "https://new.example/", "description": "Teaches."}


def an_id(at: At) -> str:
    return f"new-{len(list(at.laurel.issuer_store.issuers()))}"


def words_of_one(at: At) -> dict[str, str]:
    """A form that describes an achievement; pictures are public, whoever put them there."""
    one = at.laurel.issuer_store.achievement(at.owner, at.achievement)
    return {
        "name": "New", "kind": "Course", "description": "Can.", "criteria": "Do.", "picture_alt": "A wheel",
        "kept_picture": one.image.rpartition("/")[2].removesuffix(".png"), "version": str(one.version), "do": "save",
    }  # fmt: skip


HOOK = {
    "name": "LMS", "course_1": "42", "name_at": "/name", "email": "/email", "course": "/course", "completed": "/done",
    "completed_value": "true",
}  # fmt: skip


def a_way(at: At) -> dict[str, str]:
    return {"name": "A way", "description": "Up.", "rule": "all", "step_1": at.achievement, "version": "1"}


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/console"): lambda _: Call("/console", query="all=1"),
    ("GET", "/console/new"): lambda _: Call("/console/new"),
    ("POST", "/console/new"): lambda at: Call("/console/new", form={**WORDS, "id": an_id(at)}, good=303),
    ("GET", "/console/{issuer}"): lambda at: Call(f"/console/{at.inside}"),
    ("GET", "/console/{issuer}/achievements"): lambda at: Call(f"/console/{at.inside}/achievements"),
    ("GET", "/console/{issuer}/achievements/new"): lambda at: Call(f"/console/{at.inside}/achievements/new"),
    ("POST", "/console/{issuer}/achievements/new"): lambda at: Call(
        f"/console/{at.inside}/achievements/new", form=words_of_one(at), good=303
    ),
    ("GET", "/console/{issuer}/achievements/{id}"): lambda at: Call(
        f"/console/{at.inside}/achievements/{at.achievement}"
    ),
    ("POST", "/console/{issuer}/achievements/{id}"): lambda at: Call(
        f"/console/{at.inside}/achievements/{at.achievement}", form=words_of_one(at), good=303
    ),
    ("POST", "/console/{issuer}/achievements/{id}/archive"): lambda at: Call(
        f"/console/{at.inside}/achievements/{at.achievement}/archive", form={"archived": "yes"}, good=303
    ),
    ("GET", "/console/{issuer}/issue"): lambda at: Call(f"/console/{at.inside}/issue"),
    ("POST", "/console/{issuer}/issue"): lambda at: Call(
        f"/console/{at.inside}/issue",
        form={"achievement": at.achievement, "rows": "Grace Hopper <grace@example.org>", "do": "check"},
        foreign=422,
    ),
    ("GET", "/console/{issuer}/issue/{id}"): lambda at: Call(f"/console/{at.inside}/issue/{a_job(at)}"),
    ("POST", "/console/{issuer}/issue/{id}"): lambda at: Call(
        f"/console/{at.inside}/issue/{a_job(at)}", form={}, good=303
    ),
    ("GET", "/console/{issuer}/credentials"): lambda at: Call(f"/console/{at.inside}/credentials"),
    ("GET", "/console/{issuer}/credentials/{id}"): lambda at: Call(f"/console/{at.inside}/credentials/{at.credential}"),
    ("GET", "/console/{issuer}/credentials/{id}/{act}"): lambda at: Call(
        f"/console/{at.inside}/credentials/{at.credential}/correct"
    ),
    ("POST", "/console/{issuer}/credentials/{id}/{act}"): lambda at: Call(
        f"/console/{at.inside}/credentials/{a_credential(at)}/revoke", form={"reason": "Copied."}, good=303
    ),
    ("GET", "/console/{issuer}/members"): lambda at: Call(f"/console/{at.inside}/members"),
    ("POST", "/console/{issuer}/members"): lambda at: Call(
        f"/console/{at.inside}/members", form={"email": fresh_address(at), "role": "viewer"}, good=303
    ),
    ("GET", "/console/{issuer}/members/change"): lambda at: Call(
        f"/console/{at.inside}/members/change", query=f"email={a_member(at)}", foreign=404
    ),
    ("POST", "/console/{issuer}/members/change"): lambda at: Call(
        f"/console/{at.inside}/members/change", form={"email": a_member(at), "do": "remove"}, good=303, foreign=404
    ),
    ("GET", "/console/{issuer}/api-keys"): lambda at: Call(f"/console/{at.inside}/api-keys"),
    ("POST", "/console/{issuer}/api-keys"): lambda at: Call(
        f"/console/{at.inside}/api-keys", form={"name": "LMS", "role": "editor"}
    ),
    ("GET", "/console/{issuer}/api-keys/{id}"): lambda at: Call(
        f"/console/{at.inside}/api-keys/{a_token(at)}", foreign=404
    ),
    ("POST", "/console/{issuer}/api-keys/{id}"): lambda at: Call(
        f"/console/{at.inside}/api-keys/{a_token(at)}", form={}, good=303
    ),
    ("GET", "/console/{issuer}/settings"): lambda at: Call(f"/console/{at.inside}/settings"),
    ("POST", "/console/{issuer}/settings"): lambda at: Call(f"/console/{at.inside}/settings", form=WORDS, good=303),
    ("GET", "/console/{issuer}/pathways"): lambda at: Call(f"/console/{at.inside}/pathways"),
    ("GET", "/console/{issuer}/pathways/new"): lambda at: Call(f"/console/{at.inside}/pathways/new"),
    # Another tenant has no such achievement.
    ("POST", "/console/{issuer}/pathways/new"): lambda at: Call(
        f"/console/{at.inside}/pathways/new", form=a_way(at), good=303, foreign=422
    ),
    ("GET", "/console/{issuer}/pathways/{id}"): lambda at: Call(
        f"/console/{at.inside}/pathways/{a_pathway(at)}", query="email=ada@example.org"
    ),
    ("POST", "/console/{issuer}/pathways/{id}"): lambda at: Call(
        f"/console/{at.inside}/pathways/{a_pathway(at)}", form=a_way(at), good=303
    ),
    ("GET", "/console/{issuer}/webhooks"): lambda at: Call(f"/console/{at.inside}/webhooks"),
    ("GET", "/console/{issuer}/webhooks/new"): lambda at: Call(f"/console/{at.inside}/webhooks/new"),
    ("POST", "/console/{issuer}/webhooks/new"): lambda at: Call(
        f"/console/{at.inside}/webhooks/new", form={**HOOK, "earns_1": at.achievement}, foreign=422
    ),
    ("GET", "/console/{issuer}/webhooks/{id}"): lambda at: Call(f"/console/{at.inside}/webhooks/{a_hook(at)}"),
    ("POST", "/console/{issuer}/webhooks/{id}"): lambda at: Call(
        f"/console/{at.inside}/webhooks/{a_hook(at)}", form={"do": "remove"}, good=303
    ),
    ("GET", "/console/{issuer}/export"): lambda at: Call(f"/console/{at.inside}/export"),
    ("GET", "/console/{issuer}/export/file"): lambda at: Call(f"/console/{at.inside}/export/file"),
}
