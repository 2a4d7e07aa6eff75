"""Entries for the console."""

from __future__ import annotations

from tests.http.matrix import Builder, Call, EntryContext
from tests.http.matrix.access import create_member, create_owner, create_token, new_email
from tests.http.matrix.credentials import issue_credential
from tests.http.matrix.jobs import create_dry_run, create_job
from tests.http.matrix.pathways import create_pathway, create_webhook

ISSUER_FORM = {"name": "New", "url": "https://new.example/", "description": "Teaches."}


def new_issuer_id(at: EntryContext) -> str:
    return f"new-{len(list(at.laurel.issuer_store.issuers()))}"


def settings_form(at: EntryContext) -> dict[str, str]:
    """The form of the profile, with the name as it is: a registered one does not change."""
    issuer = at.laurel.issuer_store.issuer(at.console_issuer)
    return {**ISSUER_FORM, "name": issuer.name, "version": str(issuer.profile_version)}


def own_key(at: EntryContext) -> str:
    return at.laurel.issuer_store.issuer(at.owner).signing_key.fragment


def achievement_form(at: EntryContext) -> dict[str, str]:
    """The form of an achievement. It reuses a stored image, which any issuer may do because images are public."""
    one = at.laurel.issuer_store.achievement(at.owner, at.achievement)
    return {
        "name": "New", "kind": "Course", "description": "Can.", "criteria": "Do.", "picture_alt": "A wheel",
        "kept_picture": one.image.rpartition("/")[2], "version": str(one.version), "do": "save",
    }  # fmt: skip


WEBHOOK = {
    "name": "LMS", "course_1": "42", "name_at": "/name", "email": "/email", "course": "/course", "completed": "/done",
    "completed_value": "true",
}  # fmt: skip


def pathway_form(at: EntryContext) -> dict[str, str]:
    return {"name": "A way", "description": "Up.", "rule": "all", "step_1": at.achievement, "version": "1"}


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/console"): lambda _: Call("/console", query="all=1"),
    ("GET", "/console/new"): lambda _: Call("/console/new"),
    ("POST", "/console/new"): lambda at: Call(
        "/console/new", form={**ISSUER_FORM, "id": new_issuer_id(at)}, allowed_status=303
    ),
    ("GET", "/console/{issuer}"): lambda at: Call(f"/console/{at.console_issuer}"),
    ("GET", "/console/{issuer}/figures/{table}"): lambda at: Call(
        f"/console/{at.console_issuer}/figures/kpis", foreign_status=200
    ),
    ("GET", "/console/{issuer}/achievements"): lambda at: Call(f"/console/{at.console_issuer}/achievements"),
    ("GET", "/console/{issuer}/achievements/new"): lambda at: Call(f"/console/{at.console_issuer}/achievements/new"),
    ("POST", "/console/{issuer}/achievements/new"): lambda at: Call(
        f"/console/{at.console_issuer}/achievements/new", form=achievement_form(at), allowed_status=303
    ),
    ("GET", "/console/{issuer}/achievements/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/achievements/{at.achievement}"
    ),
    ("POST", "/console/{issuer}/achievements/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/achievements/{at.achievement}", form=achievement_form(at), allowed_status=303
    ),
    ("POST", "/console/{issuer}/achievements/{id}/archive"): lambda at: Call(
        f"/console/{at.console_issuer}/achievements/{at.achievement}/archive",
        form={"archived": "yes"},
        allowed_status=303,
    ),
    ("GET", "/console/{issuer}/issue"): lambda at: Call(f"/console/{at.console_issuer}/issue"),
    ("POST", "/console/{issuer}/issue"): lambda at: Call(
        f"/console/{at.console_issuer}/issue",
        form={"achievement": at.achievement, "rows": "Grace Hopper <grace@example.org>", "do": "check"},
        foreign_status=422,
    ),
    ("GET", "/console/{issuer}/issue/{id}"): lambda at: Call(f"/console/{at.console_issuer}/issue/{create_job(at)}"),
    ("POST", "/console/{issuer}/issue/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/issue/{create_job(at)}", form={}, allowed_status=303
    ),
    ("GET", "/console/{issuer}/issue/checks/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/issue/checks/{create_dry_run(at)}"
    ),
    ("POST", "/console/{issuer}/issue/checks/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/issue/checks/{create_dry_run(at)}", form={}
    ),
    ("GET", "/console/{issuer}/credentials"): lambda at: Call(f"/console/{at.console_issuer}/credentials"),
    ("GET", "/console/{issuer}/credentials/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/credentials/{at.credential}"
    ),
    ("GET", "/console/{issuer}/credentials/{id}/{action}"): lambda at: Call(
        f"/console/{at.console_issuer}/credentials/{at.credential}/correct"
    ),
    ("POST", "/console/{issuer}/credentials/{id}/{action}"): lambda at: Call(
        f"/console/{at.console_issuer}/credentials/{issue_credential(at)}/revoke",
        form={"reason": "Copied."},
        allowed_status=303,
    ),
    ("GET", "/console/{issuer}/members"): lambda at: Call(f"/console/{at.console_issuer}/members"),
    ("POST", "/console/{issuer}/members"): lambda at: Call(
        f"/console/{at.console_issuer}/members", form={"email": new_email(at), "role": "viewer"}, allowed_status=303
    ),
    ("POST", "/console/{issuer}/members/leave"): lambda at: Call(
        f"/console/{at.console_issuer}/members/leave", form={"successor": create_owner(at)}, allowed_status=303
    ),
    ("GET", "/console/{issuer}/members/change"): lambda at: Call(
        f"/console/{at.console_issuer}/members/change", query=f"email={create_member(at)}", foreign_status=404
    ),
    ("POST", "/console/{issuer}/members/change"): lambda at: Call(
        f"/console/{at.console_issuer}/members/change",
        form={"email": create_member(at), "do": "remove"},
        allowed_status=303,
        foreign_status=404,
    ),
    ("GET", "/console/{issuer}/api-keys"): lambda at: Call(f"/console/{at.console_issuer}/api-keys"),
    ("POST", "/console/{issuer}/api-keys"): lambda at: Call(
        f"/console/{at.console_issuer}/api-keys", form={"name": "LMS", "role": "editor", "belongs_to": "member"}
    ),
    ("GET", "/console/{issuer}/api-keys/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/api-keys/{create_token(at)}", foreign_status=404
    ),
    ("POST", "/console/{issuer}/api-keys/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/api-keys/{create_token(at)}", form={}, allowed_status=303
    ),
    ("GET", "/console/{issuer}/settings"): lambda at: Call(f"/console/{at.console_issuer}/settings"),
    ("POST", "/console/{issuer}/settings"): lambda at: Call(
        f"/console/{at.console_issuer}/settings", form=settings_form(at), allowed_status=303
    ),
    ("POST", "/console/{issuer}/settings/preview"): lambda at: Call(
        f"/console/{at.console_issuer}/settings/preview", form=settings_form(at)
    ),
    ("GET", "/console/{issuer}/keys/{id}"): lambda at: Call(f"/console/{at.console_issuer}/keys/{own_key(at)}"),
    ("POST", "/console/{issuer}/keys/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/keys/{own_key(at)}", form={"since": "2026-11-01", "do": "check"}
    ),
    ("GET", "/console/{issuer}/pathways"): lambda at: Call(f"/console/{at.console_issuer}/pathways"),
    ("GET", "/console/{issuer}/pathways/new"): lambda at: Call(f"/console/{at.console_issuer}/pathways/new"),
    # The other tenant does not have this achievement.
    ("POST", "/console/{issuer}/pathways/new"): lambda at: Call(
        f"/console/{at.console_issuer}/pathways/new", form=pathway_form(at), allowed_status=303, foreign_status=422
    ),
    ("GET", "/console/{issuer}/pathways/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/pathways/{create_pathway(at)}", query="email=ada@example.org"
    ),
    ("POST", "/console/{issuer}/pathways/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/pathways/{create_pathway(at)}", form=pathway_form(at), allowed_status=303
    ),
    ("GET", "/console/{issuer}/webhooks"): lambda at: Call(f"/console/{at.console_issuer}/webhooks"),
    ("GET", "/console/{issuer}/webhooks/new"): lambda at: Call(f"/console/{at.console_issuer}/webhooks/new"),
    ("POST", "/console/{issuer}/webhooks/new"): lambda at: Call(
        f"/console/{at.console_issuer}/webhooks/new", form={**WEBHOOK, "earns_1": at.achievement}, foreign_status=422
    ),
    ("GET", "/console/{issuer}/webhooks/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/webhooks/{create_webhook(at)}"
    ),
    ("POST", "/console/{issuer}/webhooks/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/webhooks/{create_webhook(at)}", form={"do": "remove"}, allowed_status=303
    ),
    ("GET", "/console/{issuer}/export"): lambda at: Call(f"/console/{at.console_issuer}/export"),
    ("GET", "/console/{issuer}/export/{crm}"): lambda at: Call(
        f"/console/{at.console_issuer}/export/hubspot", foreign_status=200
    ),
    ("GET", "/console/{issuer}/export/file"): lambda at: Call(f"/console/{at.console_issuer}/export/file"),
}
