"""Achievements in the console: create, preview, revise, archive."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.award import daily_limits
from chalicelib.award.images.formats import MAX_IMAGE
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.achievement import Achievement, Skill
from tests.award.images.test_formats import saved
from tests.http.console.conftest import send
from tests.http.console.test_limits import make_unidentified
from tests.http.fake_laurel import Laurel, id_of, picture
from tests.http.public.test_pages import Outline
from tests.http.signed_in import Browser

HERE = "/console/fernhill/achievements"
FIELDS = {
    "name": "Watercolour, first steps",
    "kind": "Course",
    "description": "Paints a landscape from life.",
    "criteria": "Finished three paintings out of doors.",
    "picture_alt": "A brush on blue ground",
    "skill_name_1": "paint",
    "skill_url_1": "http://data.europa.eu/esco/skill/1",
    "skill_framework_1": "ESCO",
    "skill_code_1": "",
    "valid_days": "730",
    "evidence_required": "yes",
    "shows_count": "yes",
    "do": "save",
}


def by_name(laurel: Laurel, name: str) -> Any:
    (found,) = [one for one in laurel.issuer_store.achievements("fernhill") if one.name == name]
    return found


def test_achievement_is_created_and_can_be_issued(editor: Browser, laurel: Laurel) -> None:
    response = send(editor, f"{HERE}/new", FIELDS, picture=picture())
    assert (response.status, response.headers["location"]) == (
        303,
        f"{laurel.base_url}{HERE}?did=achievement_added",
    )
    created = by_name(laurel, FIELDS["name"])
    assert (created.kind, created.valid_days, created.evidence_required, created.version) == ("Course", 730, True, 1)
    assert created.shows_count
    assert [skill.name for skill in created.skills] == ["paint"]
    page = editor.get(f"{HERE}?did=achievement_added").text
    assert "Achievement saved." in page
    assert FIELDS["name"] in page
    assert f"/issue?achievement={created.id}" in page


def by_id(laurel: Laurel, achievement_id: str) -> Achievement:
    return laurel.issuer_store.achievement("fernhill", achievement_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": ""}, "kind"),
        ({"description": "\t"}, "description"),
        ({"criteria": ""}, "criteria"),
        ({"picture_alt": ""}, "picture_alt"),
        ({"skill_url_1": "esco/1"}, "skill_url_1"),
        ({"skill_name_1": ""}, "skill_name_1"),
        ({"skill_url_1": ""}, "skill_url_1"),
        ({"valid_days": "a year"}, "valid_days"),
        ({"valid_days": "0"}, "valid_days"),
        ({"valid_days": "9" * 40}, "valid_days"),
        ({"valid_days": "000000001" + "9" * 9}, "valid_days"),
        ({"valid_days": "000000001" + "9" * 5000}, "valid_days"),
        ({"valid_days": "٣"}, "valid_days"),
    ],
)
def test_error_is_shown_at_its_field_and_the_rest_is_kept(
    editor: Browser, laurel: Laurel, changes: dict[str, str], field: str
) -> None:
    response = send(editor, f"{HERE}/new", {**FIELDS, **changes}, picture=picture())
    assert response.status == 422
    assert f'<a href="#{field}">' in response.text
    assert f'id="{field}-error"' in response.text
    assert "A brush on blue ground" in response.text or field == "picture_alt"
    assert len(list(laurel.issuer_store.achievements("fernhill"))) == 1


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"GIF89a", "not a PNG, JPEG, WebP or SVG file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "onload"),
        (picture() + bytes(MAX_IMAGE), "limit is 256 KB"),
        (b"\x89PNG\r\n\x1a\n<script>", "not a PNG, JPEG, WebP or SVG file"),
        (picture()[:16] + b"\x7f\xff\xff\xff" + picture()[20:], "pixels"),
    ],
)
def test_invalid_image_is_refused_with_the_reason(editor: Browser, file: bytes, says: str) -> None:
    response = send(editor, f"{HERE}/new", FIELDS, picture=file)
    assert response.status == 422
    assert '<a href="#picture">' in response.text
    assert says in response.text


def test_uploaded_image_is_kept_after_an_error_in_another_field(editor: Browser, laurel: Laurel) -> None:
    response = send(editor, f"{HERE}/new", {**FIELDS, "name": ""}, picture=picture())
    (kept,) = [
        attrs["value"] or "" for _, attrs in Outline(response.text).elements if attrs.get("name") == "kept_picture"
    ]
    assert send(editor, f"{HERE}/new", {**FIELDS, "kept_picture": kept}).status == 303
    assert by_name(laurel, FIELDS["name"]).image.endswith(f"/{kept}")


def test_a_new_achievement_with_an_uploaded_image_does_not_already_have_one(editor: Browser, laurel: Laurel) -> None:
    page = send(editor, f"{HERE}/new", {**FIELDS, "description": ""}, picture=picture()).text
    assert "This achievement already has an image" not in page
    assert "The image in the preview is kept." in page


def test_fields_that_may_be_left_blank_are_marked(editor: Browser) -> None:
    page = editor.get(f"{HERE}/new").text
    for label in ("Badge image (optional)", "Skills (optional)", "Validity in days (optional)"):
        assert label in page


@pytest.mark.parametrize("kept", ["../../etc/passwd", "x", "A" * 64, "0" * 64, f"{'0' * 64}.png"])
def test_forged_kept_image_is_never_used(editor: Browser, laurel: Laurel, kept: str) -> None:
    response = send(editor, f"{HERE}/new", {**FIELDS, "kept_picture": kept})
    if kept.endswith(".png"):
        assert response.status == 422
        assert "The image is no longer available." in response.text
    else:
        assert by_name(laurel, FIELDS["name"]).image.endswith(".svg")


def test_achievement_without_an_image_gets_a_drawn_badge(editor: Browser, laurel: Laurel) -> None:
    assert send(editor, f"{HERE}/new", {**FIELDS, "picture_alt": ""}).status == 303
    created = by_name(laurel, FIELDS["name"])
    assert created.image_alt == f"Badge: {FIELDS['name']}"
    response = editor.client.get(created.image.removeprefix(laurel.base_url))
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["content-security-policy"].endswith("sandbox")
    assert ">WFS</text>" in response.text
    assert editor.client.get(created.image.removeprefix(laurel.base_url).replace(".svg", ".png")).status == 404


def test_jpeg_is_accepted_and_served_as_one(editor: Browser, laurel: Laurel) -> None:
    jpeg = saved("JPEG")
    assert send(editor, f"{HERE}/new", FIELDS, picture=jpeg).status == 303
    image = by_name(laurel, FIELDS["name"]).image
    assert image.endswith(".jpg")
    response = editor.client.get(image.removeprefix(laurel.base_url))
    assert (response.headers["content-type"], response.body) == ("image/jpeg", jpeg)


def test_preview_shows_the_badge_and_saves_nothing(editor: Browser, laurel: Laurel) -> None:
    response = send(editor, f"{HERE}/new", {**FIELDS, "do": "preview", "valid_days": "not yet"}, picture=picture())
    assert response.status == 200
    shown = response.text.split('class="preview"')[1]
    for value in ("Watercolour, first steps", "Paints a landscape", "Finished three paintings", "paint", "/images/"):
        assert value in shown
    assert len(list(laurel.issuer_store.achievements("fernhill"))) == 1


def test_preview_names_the_kind_as_the_public_page_does_and_shows_the_enrolment_link(editor: Browser) -> None:
    typed = {**FIELDS, "do": "preview", "kind": "CertificateOfCompletion"}
    shown = send(editor, f"{HERE}/new", typed, picture=picture()).text.split('class="preview"')[1]
    assert "Certificate of completion" in shown
    assert "CertificateOfCompletion" not in shown
    assert '<div data-has="enrolment_url" hidden>' in shown
    typed["enrolment_url"] = "fernhill.example/enrol"
    shown = send(editor, f"{HERE}/new", typed, picture=picture()).text.split('class="preview"')[1]
    assert '<div data-has="enrolment_url">' in shown


def test_a_new_enrolment_page_applies_at_once_to_credentials_already_issued_and_says_so(
    editor: Browser, laurel: Laurel
) -> None:
    achievement = next(laurel.issuer_store.achievements("fernhill"))
    path = f"{HERE}/{achievement.id}"
    form = {**FIELDS, "name": achievement.name, "version": str(achievement.version)}
    saved_page = send(editor, path, {**form, "enrolment_url": "https://fernhill.example/enrol"}, picture=picture())
    assert "including those already issued" in editor.get(path).text
    told = editor.get(str(saved_page.headers["location"]).removeprefix(laurel.base_url)).text
    assert "apply immediately, including to the pages of credentials already issued" in html.unescape(told)
    page = editor.client.get(f"/c/{id_of('valid')}", accept="text/html").text
    assert ">Enrol</a>" in page


def test_an_error_names_the_field_as_its_label_does(editor: Browser) -> None:
    page = send(editor, f"{HERE}/new", {**FIELDS, "enrolment_url": "http://fernhill.example"}, picture=picture()).text
    assert "The enrolment page" in page
    assert "enrolment URL" not in page


def test_one_more_skill_adds_a_row_and_keeps_the_input(editor: Browser) -> None:
    page = send(editor, f"{HERE}/new", {**FIELDS, "do": "more"}).text
    assert 'name="skill_name_2"' in page
    assert 'name="skill_name_3"' not in page
    assert 'value="paint"' in page
    page = send(editor, f"{HERE}/new", {**FIELDS, "skill_name_25": "last", "skill_rows": "25", "do": "more"}).text
    assert 'name="skill_name_26"' not in page
    assert "More skills" not in page


def test_change_creates_a_version_and_keeps_issued_credentials(editor: Browser, laurel: Laurel) -> None:
    (before,) = laurel.issuer_store.achievements("fernhill")
    page = editor.get(f"{HERE}/{before.id}").text
    assert "Saving creates version 2." in page
    assert "The content of credentials already issued does not change" in html.unescape(page)
    document = laurel.issuer_store.record(id_of("valid")).document
    kept = before.image.rpartition("/")[2].removesuffix(".png")
    fields = {**FIELDS, "name": "Data analysis, deeper", "version": "1", "kept_picture": kept}
    response = send(editor, f"{HERE}/{before.id}", fields)
    assert response.headers["location"].endswith("?did=achievement_changed")
    after = laurel.issuer_store.achievement("fernhill", before.id)
    assert (after.version, after.name, after.image) == (2, "Data analysis, deeper", before.image)
    assert laurel.issuer_store.record(id_of("valid")).document == document


@pytest.mark.parametrize("version", ["0", "7", "", "one"])
def test_change_from_an_outdated_version_is_refused(editor: Browser, laurel: Laurel, version: str) -> None:
    (before,) = laurel.issuer_store.achievements("fernhill")
    response = send(editor, f"{HERE}/{before.id}", {**FIELDS, "version": version}, picture=picture())
    assert response.status == 422
    assert "Someone else changed this achievement" in response.text
    assert laurel.issuer_store.achievement("fernhill", before.id) == before


def test_an_error_on_the_form_does_not_take_over_the_version_of_someone_else(editor: Browser, laurel: Laurel) -> None:
    (before,) = laurel.issuer_store.achievements("fernhill")
    path, kept = f"{HERE}/{before.id}", before.image.rpartition("/")[2]
    theirs = {**FIELDS, "name": "Theirs", "version": "1", "kept_picture": kept}
    assert send(editor, path, theirs).status == 303
    for mistake in ({"name": ""}, {"do": "preview"}):
        answer = send(editor, path, {**theirs, "name": "Mine", **mistake})
        assert 'name="version" value="1"' in answer.text
    conflict = send(editor, path, {**theirs, "name": "Mine"})
    assert (conflict.status, "Someone else changed this achievement" in conflict.text) == (422, True)
    assert 'name="version" value="2"' in conflict.text
    assert laurel.issuer_store.achievement("fernhill", before.id).name == "Theirs"
    assert send(editor, path, {**theirs, "name": "Mine", "version": "2"}).status == 303


def test_archived_achievement_is_not_offered_until_unarchived(editor: Browser, laurel: Laurel) -> None:
    (achievement,) = laurel.issuer_store.achievements("fernhill")
    response = editor.post(f"{HERE}/{achievement.id}/archive", {"archived": "yes"})
    assert response.headers["location"].endswith("?did=achievement_archived")
    assert achievement.id not in editor.get(HERE).text
    assert achievement.id in editor.get(f"{HERE}?archived=1").text
    assert achievement.id not in editor.get("/console/fernhill/issue").text
    # Saving a change does not unarchive it.
    kept = achievement.image.rpartition("/")[2].removesuffix(".png")
    send(editor, f"{HERE}/{achievement.id}", {**FIELDS, "version": "2", "kept_picture": kept})
    assert laurel.issuer_store.achievement("fernhill", achievement.id).archived
    editor.post(f"{HERE}/{achievement.id}/archive", {"archived": ""})
    assert not laurel.issuer_store.achievement("fernhill", achievement.id).archived


def test_viewer_sees_the_achievement_without_a_form(viewer: Browser, laurel: Laurel) -> None:
    (achievement,) = laurel.issuer_store.achievements("fernhill")
    page = viewer.get(f"{HERE}/{achievement.id}").text
    assert "Completed twelve evenings." in page
    assert 'name="criteria"' not in page
    assert viewer.get(f"{HERE}/new").status == 403
    assert send(viewer, f"{HERE}/{achievement.id}", FIELDS, picture=picture()).status == 403
    assert viewer.post(f"{HERE}/{achievement.id}/archive", {"archived": "yes"}).status == 403


def test_unknown_achievement_is_a_404_with_an_explanation(editor: Browser) -> None:
    assert "This achievement does not exist." in editor.get(f"{HERE}/nothing").text


def test_skill_with_only_a_name_is_accepted(editor: Browser, laurel: Laurel) -> None:
    fields = {**FIELDS, "name": "Baking", "skill_url_1": "", "skill_framework_1": ""}
    assert send(editor, f"{HERE}/new", fields, picture=picture()).status == 303
    (created,) = [one for one in laurel.issuer_store.achievements("fernhill") if one.name == "Baking"]
    assert created.skills == (Skill("paint"),)


def previewed_badge(page: str) -> str:
    """The drawn badge in the preview."""
    (source,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    return base64.b64decode(source).decode()


def test_preview_without_an_image_draws_the_badge_that_saving_draws(editor: Browser, laurel: Laurel) -> None:
    issuer_actions.update_profile(laurel.issuer_context, "fernhill", {"accent": "#7a1fa2"})
    fields = {**FIELDS, "picture_alt": ""}
    preview = previewed_badge(send(editor, f"{HERE}/new", {**fields, "do": "preview"}).text)
    assert ">WFS</text>" in preview
    send(editor, f"{HERE}/new", fields)
    assert editor.client.get(by_name(laurel, FIELDS["name"]).image.removeprefix(laurel.base_url)).text == preview


def test_renaming_in_the_console_draws_the_default_badge_and_its_description_again(
    editor: Browser, laurel: Laurel
) -> None:
    send(editor, f"{HERE}/new", {**FIELDS, "picture_alt": ""})
    created = by_name(laurel, FIELDS["name"])
    page = editor.get(f"{HERE}/{created.id}").text
    assert ">WFS</text>" in previewed_badge(page)
    fields = {
        attrs["name"] or "": attrs["value"] or ""
        for tag, attrs in Outline(page).elements
        if tag == "input" and attrs.get("name") in ("kept_picture", "picture_alt")
    }
    change = {**FIELDS, **fields, "name": "Oil painting", "version": "1"}
    assert ">OP</text>" in previewed_badge(send(editor, f"{HERE}/{created.id}", {**change, "do": "preview"}).text)
    assert send(editor, f"{HERE}/{created.id}", change).status == 303
    after = by_name(laurel, "Oil painting")
    assert ">OP</text>" in editor.client.get(after.image.removeprefix(laurel.base_url)).text
    assert (after.image_alt, after.version) == ("Badge: Oil painting", 2)


def test_more_skills_opens_the_page_at_the_first_new_row(editor: Browser) -> None:
    page = send(editor, f"{HERE}/new", {**FIELDS, "do": "more"}).text
    outline = Outline(page)
    (button,) = [attrs for tag, attrs in outline.elements if tag == "button" and attrs.get("value") == "more"]
    assert (button["formaction"] or "").endswith(f"{HERE}/new#skill_name_3")
    assert 'id="skill_name_3"' in send(editor, f"{HERE}/new", {**FIELDS, "skill_rows": "2", "do": "more"}).text


def test_previews_cannot_fill_storage_and_an_image_over_the_limit_loses_no_text(
    editor: Browser, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image is stored before the form is valid, so each preview stored up to 256 KB for ever."""
    monkeypatch.setattr(daily_limits, "ACHIEVEMENTS", replace(daily_limits.ACHIEVEMENTS, unproven=2, proven=2))
    laurel.counters.values.clear()
    responses = [
        send(editor, f"{HERE}/new", {**FIELDS, "do": "preview"}, picture=saved("PNG", number))
        for number in (30, 31, 32)
    ]
    assert [response.status for response in responses] == [200, 200, 422]
    assert "save 2 achievements and images a day" in responses[-1].text
    assert "Finished three paintings out of doors." in responses[-1].text


def test_enrolment_and_recommendations_are_saved_shown_again_and_checked(editor: Browser, laurel: Laurel) -> None:
    """A link to an achievement's page is accepted as well as its id."""
    other = next(laurel.issuer_store.achievements("fernhill")).id
    related = f"{laurel.base_url}/achievements/{other}/"
    enrolment = {"enrolment_url": "https://fernhill.example/enrol", "eligibility": "Anyone.", "related": related}
    assert send(editor, f"{HERE}/new", {**FIELDS, **enrolment}, picture=picture()).status == 303
    created = by_name(laurel, FIELDS["name"])
    assert (created.enrolment_url, created.eligibility) == ("https://fernhill.example/enrol", "Anyone.")
    assert created.related == (other,)
    form = editor.get(f"{HERE}/{created.id}").text
    assert "https://fernhill.example/enrol" in form
    assert by_id(laurel, other).name in form
    wrong = {"enrolment_url": "http://fernhill.example/", "eligibility": "x" * 501, "related": "nothing"}
    refused = send(editor, f"{HERE}/new", {**FIELDS, **wrong}, picture=picture())
    assert refused.status == 422
    assert all(f'id="{name}-error"' in refused.text for name in wrong)


@pytest.mark.parametrize("separator", ["\r\n", ", "])
def test_recommendations_can_be_entered_by_name(editor: Browser, laurel: Laurel, separator: str) -> None:
    other = next(laurel.issuer_store.achievements("fernhill"))
    send(editor, f"{HERE}/new", {**FIELDS, "name": "Reading, writing"}, picture=picture())
    second = by_name(laurel, "Reading, writing")
    sent = {**FIELDS, "related": separator.join((other.name.upper(), f"{laurel.base_url}/achievements/{second.id}"))}
    assert send(editor, f"{HERE}/new", sent, picture=picture()).status == 303
    created = by_name(laurel, FIELDS["name"])
    assert created.related == (other.id, second.id)
    saved_form = editor.get(f"{HERE}/{created.id}").text
    assert f"{other.name}\nReading, writing</textarea>" in saved_form
    again = {**FIELDS, "version": "1", "related": f"{other.name}\r\nReading, writing"}
    assert send(editor, f"{HERE}/{created.id}", again, picture=picture()).status == 303
    assert by_id(laurel, created.id).related == (other.id, second.id)


def test_an_unknown_recommendation_is_quoted_as_a_whole(editor: Browser, laurel: Laurel) -> None:
    refused = send(editor, f"{HERE}/new", {**FIELDS, "related": "Advanced data analysis"}, picture=picture())
    assert refused.status == 422
    assert "“Advanced data analysis” is not the name or link of one of your achievements." in refused.text
    names = sorted(one.name for one in laurel.issuer_store.achievements("fernhill") if not one.archived)
    assert f"You have {', '.join(f'“{name}”' for name in names)}." in html.unescape(refused.text)
    for _ in range(2):
        send(editor, f"{HERE}/new", FIELDS, picture=picture())
    refused = send(editor, f"{HERE}/new", {**FIELDS, "related": FIELDS["name"]}, picture=picture())
    assert f"You have 2 achievements with the name “{FIELDS['name']}”." in refused.text


@pytest.mark.parametrize(
    ("typed", "saved_as"),
    [
        ("fernhill.example/enrol", "https://fernhill.example/enrol"),
        ("http://fernhill.example/enrol", None),
        ("ftp://fernhill.example/enrol", None),
        ("java script", None),
    ],
    ids=["no-scheme", "http", "ftp", "no-url"],
)
def test_error_and_hint_of_the_enrolment_page_both_ask_for_https(
    editor: Browser, laurel: Laurel, typed: str, saved_as: str | None
) -> None:
    response = send(editor, f"{HERE}/new", {**FIELDS, "enrolment_url": typed}, picture=picture())
    if saved_as is not None:
        assert by_name(laurel, FIELDS["name"]).enrolment_url == saved_as
        return
    assert "It must start with https://, not http://." in response.text
    assert "is not a URL that starts with https://." in response.text
    assert "or http://" not in response.text


def test_preview_shows_no_enrol_button_that_the_pages_of_an_unverified_issuer_lack(
    editor: Browser, laurel: Laurel
) -> None:
    button, note = '<span class="button">Enrol</span>', "button appears here once your organization is verified"
    page = editor.get(f"{HERE}/new").text
    assert (button in page, note in page) == (True, False)
    make_unidentified(laurel)
    page = editor.get(f"{HERE}/new").text
    assert (button in page, note in page) == (False, True)
