"""Escaping of typed, uploaded and stored text on every console page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.achievements import NewAchievement, add
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import Holder
from tests.http.conftest import LogCapture
from tests.http.console.conftest import OWNER, send
from tests.http.console.test_bulk import achievement, check
from tests.http.core.test_log import CANARY
from tests.http.fake_laurel import Laurel, picture
from tests.http.public.test_pages import EVIL, Outline
from tests.http.signed_in import as_person

FORMS = {
    "/console/new": ("name", "id", "url", "description", "email"),
    "/console/fernhill/achievements/new": (
        "name", "kind", "description", "criteria", "picture_alt", "skill_name_1", "skill_url_1", "valid_days",
        "kept_picture", "skill_rows", "version",
    ),
    "/console/fernhill/issue": ("achievement", "rows", "valid_until", "checked", "key"),
    "/console/fernhill/members": ("email", "role"),
    "/console/fernhill/api-keys": ("name", "role"),
    "/console/fernhill/settings": ("name", "url", "description", "email"),
    "/console/fernhill/pathways/new": ("name", "description", "rule", "required", "step_1", "url_1", "reward"),
    "/console/fernhill/webhooks/new": ("name", "courses", "name_at", "email", "course", "completed", "completed_value"),
}  # fmt: skip
"""The fields of each form, by path."""

pytestmark = pytest.mark.slow


def is_safe(text: str) -> bool:
    """Whether the page runs only our own script and contains no injected elements, handlers or links."""
    outline = Outline(text)
    scripts = [attrs for tag, attrs in outline.elements if tag == "script"]
    ours = all((attrs.get("src") or "").endswith("/console.js") and attrs.get("integrity") for attrs in scripts)
    frames = [attrs for tag, attrs in outline.elements if tag == "iframe"]
    ours = ours and all(attrs.keys() == {"name", "title", "sandbox"} for attrs in frames)  # the preview of branding
    injected = {"object", "embed", "base", "frame"} & set(outline.shape)
    handlers = [name for _, attrs in outline.elements for name in attrs if name.startswith("on")]
    links = [url for url in outline.attributes("href", "src", "action", "formaction") if "script:" in url.lower()]
    return ours and not injected and not handlers and not links


@pytest.mark.parametrize("evil", EVIL, ids=repr)
def test_form_input_is_escaped(laurel: Laurel, evil: str) -> None:
    owner = as_person(laurel, OWNER, "fernhill")
    for path, names in FORMS.items():
        for do in ("save", "check", "preview", "more"):
            response = send(owner, path, {**dict.fromkeys(names, evil), "do": do})
            if response.headers["content-type"].startswith("text/html"):
                assert is_safe(response.text), path
    for act in ("correct", "renew", "revoke"):
        fields = dict.fromkeys(("name", "email", "valid_until", "new_id", "reason"), evil)
        assert is_safe(owner.post(f"/console/fernhill/credentials/{'valid'.ljust(26, '2')}/{act}", fields).text)


@pytest.mark.parametrize("evil", [evil for evil in EVIL if evil.strip() and "\x00" not in evil][:6], ids=repr)
def test_stored_text_is_escaped(laurel: Laurel, evil: str) -> None:
    owner = as_person(laurel, OWNER, "fernhill")
    value = evil.replace("\x00", "")
    skill = Skill(value, "https://skills.example/", value)
    new = NewAchievement("fernhill", value, value, value, picture(), value, (skill,), "Badge")
    created = add(laurel.issuer_context, new)
    changes = {"name": value, "description": value}
    issuer_actions.update_profile(laurel.issuer_context, "fernhill", changes, by_operator=True)
    record = issue.issue(laurel.issuer_context, Award("fernhill", created.id, Holder(value)))
    laurel.put(replace(record, status=replace(record.status, reason=value)))
    here = "/console/fernhill"
    for path in (
        here, f"{here}/achievements", f"{here}/achievements/{created.id}", f"{here}/issue", f"{here}/credentials",
        f"{here}/credentials/{record.id}", f"{here}/credentials/{record.id}/correct", f"{here}/members",
        f"{here}/api-keys",
        f"{here}/settings", f"{here}/pathways/new", f"{here}/webhooks/new", "/console?all=1",
    ):  # fmt: skip
        response = owner.get(path)
        assert response.status == 200
        assert is_safe(response.text), path


def test_query_parameters_are_not_shown_as_a_banner(laurel: Laurel) -> None:
    owner = as_person(laurel, OWNER, "fernhill")
    expected = owner.get("/console/fernhill/members").text
    assert owner.get("/console/fernhill/members?did=<b>gone</b>&x=y").text == expected


def test_uploaded_rows_are_escaped_in_the_table_and_in_the_field(laurel: Laurel) -> None:
    editor = as_person(laurel, OWNER, "fernhill")
    assert achievement(laurel)
    rows = 'name,email\n"</textarea><script>alert(1)</script>",<img src=x onerror=alert(1)>\n=cmd|x,a@example.org\n'
    response = check(editor, laurel, rows)
    assert is_safe(response.text)
    assert Outline(response.text).shape.count("textarea") == 1


def test_no_form_input_is_logged(
    laurel: Laurel, log_lines: LogCapture, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    owner = as_person(laurel, OWNER, "fernhill")
    for path, names in FORMS.items():
        for do in ("save", "check", "issue", "preview"):
            send(owner, path, {**dict.fromkeys(names, CANARY), "do": do}, file=CANARY.encode())
    for path in (
        f"credentials?q={CANARY}",
        f"credentials/{CANARY}",
        f"members/change?email={CANARY}",
        f"issue/{CANARY}",
    ):
        owner.get(f"/console/fernhill/{path}")
    printed = capsys.readouterr()
    assert CANARY not in log_lines.getvalue() + printed.out + printed.err + caplog.text
    assert len(log_lines.parsed()) > 30
