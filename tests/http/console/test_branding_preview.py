"""The preview of an issuer's branding: drawn by the code of the real thing, from values that are not saved."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from chalicelib.credential.baked import png
from chalicelib.http.console.branding import preview, sample
from chalicelib.http.console.branding.part import Part
from tests.http.console.conftest import send
from tests.http.console.test_settings import DETAILS
from tests.http.fake_laurel import Laurel, id_of, picture
from tests.http.gateway import Response
from tests.http.signed_in import Browser

HERE = "/console/fernhill/settings/preview"
LOGO = png.write(picture(), b"{}")
"""An image that is not stored."""


def inner(answer: Response) -> str:
    """The document that the preview shows."""
    found = re.search(r'srcdoc="([^"]*)"', answer.text)
    assert found is not None
    return html.unescape(found[1])


def test_page_is_the_page_of_a_real_credential_with_the_unsaved_values(owner: Browser, laurel: Laurel) -> None:
    answer = owner.post(HERE, {**DETAILS, "show": "page", "accent": "#5b2a86", "description": "Since 1931."})
    page = inner(answer)
    assert "This credential is genuine and valid." in page
    for shown in ("Sample Holder", "Data analysis in practice", "Since 1931.", 'fill="#5b2a86"'):
        assert shown in page
    real = owner.client.get(laurel.url("valid"), accept="text/html").text
    headings = re.compile(r"<h2[^>]*>([^<]*)</h2>")
    assert set(headings.findall(page)) <= set(headings.findall(real))
    assert laurel.issuer_store.issuer("fernhill").accent is None


def test_email_is_the_one_that_delivers_a_credential(owner: Browser) -> None:
    email = inner(owner.post(HERE, {**DETAILS, "show": "email", "accent": "#5b2a86"}))
    assert "Your credential from Fernhill College: Data analysis in practice" in email
    assert "background: #5b2a86" in email


@pytest.mark.slow
@pytest.mark.parametrize("part", ["card", "certificate"])
def test_pictures_are_drawn_in_the_unsaved_colour(owner: Browser, part: str) -> None:
    plain = owner.post(HERE, {**DETAILS, "show": part}).text
    coloured = owner.post(HERE, {**DETAILS, "show": part, "accent": "#5b2a86"}).text
    assert '<img src="data:image/' in plain
    assert plain != coloured
    assert owner.post(HERE, {**DETAILS, "show": part}).text == plain


def test_certificate_follows_the_unsaved_template(owner: Browser) -> None:
    classic, modern = (
        owner.post(HERE, {**DETAILS, "show": "certificate", "certificate_template": chosen}).text
        for chosen in ("", "modern")
    )
    assert classic != modern


@pytest.mark.slow
def test_logo_is_shown_before_it_is_stored(owner: Browser, laurel: Laurel) -> None:
    images = dict(laurel.issuer_store._images)
    for part in Part:
        assert send(owner, HERE, {**DETAILS, "show": part}, logo=LOGO).status == 200
    page = inner(send(owner, HERE, {**DETAILS, "show": "page"}, logo=LOGO))
    assert '<p class="brand column"><img src="data:image/png;base64,' in page
    assert laurel.issuer_store._images == images


def test_every_preview_is_marked_as_a_sample_and_runs_nothing(owner: Browser) -> None:
    for part in Part:
        answer = owner.post(HERE, {**DETAILS, "show": part})
        assert "Sample: not a real credential" in answer.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert policy.endswith("; sandbox")
        assert "frame-ancestors http://" in policy
        assert answer.headers["cache-control"] == "private, no-store"


def test_invalid_form_says_what_to_correct_with_the_contrast(owner: Browser) -> None:
    answer = owner.post(HERE, {**DETAILS, "show": "card", "accent": "#ffd45e"})
    assert answer.status == 422
    assert "the contrast is 1.41:1" in html.unescape(answer.text)


def test_name_that_only_an_operator_can_change_is_not_previewed(owner: Browser) -> None:
    answer = owner.post(HERE, {**DETAILS, "name": "University of Oxford"})
    assert (answer.status, "srcdoc" in answer.text) == (422, False)


def test_issuer_without_achievements_previews_a_made_up_one(owner: Browser, laurel: Laurel) -> None:
    for achievement in list(laurel.issuer_store.achievements("fernhill")):
        laurel.issuer_store.replace_achievement(
            achievement, replace(achievement, archived=True, version=achievement.version + 1)
        )
    page = inner(owner.post(HERE, {**DETAILS, "show": "page"}))
    assert "Sample achievement" in page
    assert 'src="data:image/svg+xml;base64,' in page
    for part in (Part.EMAIL, Part.CARD, Part.CERTIFICATE):
        assert owner.post(HERE, {**DETAILS, "show": part}).status == 200


def test_previews_are_limited_for_each_member(owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "PREVIEWS", replace(preview.PREVIEWS, max_count=2))
    statuses = [owner.post(HERE, DETAILS).status for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_nothing_is_stored_or_recorded(owner: Browser, laurel: Laurel) -> None:
    before = (list(laurel.event_store.events), laurel.issuer_store.issuer("fernhill"), id_of("valid"))
    for part in Part:
        owner.post(HERE, {**DETAILS, "show": part})
    assert (list(laurel.event_store.events), laurel.issuer_store.issuer("fernhill"), id_of("valid")) == before


def test_hostile_text_stays_text(owner: Browser) -> None:
    evil = '"></iframe><script>alert(1)</script>'
    answer = owner.post(HERE, {**DETAILS, "description": evil})
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in inner(answer)


def test_sample_id_has_the_form_of_a_credentials_id() -> None:
    assert re.fullmatch(r"[a-z2-7]{26}", sample.ID)
