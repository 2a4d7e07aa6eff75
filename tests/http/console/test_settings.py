"""The issuer's details, and the export, in the console."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.http.directory.issuer_search import PEOPLE
from tests.http.console.conftest import send
from tests.http.console.test_bulk import text_of
from tests.http.fake_laurel import Laurel, id_of, picture
from tests.http.signed_in import Browser, as_person

HERE = "/console/fernhill/settings"
DETAILS = {
    "name": "Fernhill College",
    "url": "https://fernhill.example/",
    "description": "Since 1921.",
    "email": "",
    "version": "1",
}


def test_details_are_changed_and_issued_credentials_are_not(owner: Browser, laurel: Laurel) -> None:
    assert 'value="Fernhill College"' in owner.get(HERE).text
    document = laurel.issuer_store.record(id_of("valid")).document
    response = owner.post(HERE, {**DETAILS, "email": "hello@fernhill.example"})
    assert response.headers["location"].endswith("/settings?did=settings_changed")
    issuer = laurel.issuer_store.issuer("fernhill")
    assert (issuer.description, issuer.email) == ("Since 1921.", "hello@fernhill.example")
    owner.post(HERE, {**DETAILS, "version": "2"})
    assert laurel.issuer_store.issuer("fernhill").email is None
    assert laurel.issuer_store.record(id_of("valid")).document == document


def test_two_people_do_not_overwrite_each_others_profile(owner: Browser, laurel: Laurel) -> None:
    assert 'name="version" value="1"' in owner.get(HERE).text
    owner.post(HERE, {**DETAILS, "description": "Since 1931."})
    second = owner.post(HERE, {**DETAILS, "email": "hello@fernhill.example"})
    assert second.status == 422
    assert laurel.issuer_store.issuer("fernhill").description == "Since 1931."
    page = text_of(second)
    assert "Someone else has saved this profile since you opened it." in page
    assert "Since 1931." in page
    assert 'value="hello@fernhill.example"' in second.text
    assert 'name="version" value="2"' in second.text
    assert owner.post(HERE, {**DETAILS, "version": "2"}).status == 303


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", ""), ("url", ""), ("url", "ftp://x"), ("description", "x" * 2001), ("email", "hello@@fernhill.example")],
)
def test_error_is_shown_at_its_field(owner: Browser, laurel: Laurel, name: str, value: str) -> None:
    response = owner.post(HERE, {**DETAILS, name: value})
    assert response.status == 422
    assert f'id="{name}-error"' in response.text
    assert laurel.issuer_store.issuer("fernhill").name == "Fernhill College"


def test_an_owner_cannot_change_a_registered_name(owner: Browser, laurel: Laurel) -> None:
    assert "Contact the operator to change it." in text_of(owner.get(HERE))
    response = owner.post(HERE, {**DETAILS, "name": "University of Oxford"})
    assert response.status == 422
    assert 'id="name-error"' in response.text
    assert 'value="University of Oxford"' in response.text
    assert laurel.issuer_store.issuer("fernhill").name == "Fernhill College"


def test_an_operator_who_is_a_member_changes_a_registered_name(laurel: Laurel) -> None:
    operator = as_person(laurel, "op@laurel.example", "fernhill")
    assert "Contact the operator to change it." not in text_of(operator.get(HERE))
    assert operator.post(HERE, {**DETAILS, "name": "Fernhill University"}).status == 303
    assert laurel.issuer_store.issuer("fernhill").registered_as == "Fernhill University"


def test_unreadable_accent_colour_is_refused(owner: Browser, laurel: Laurel) -> None:
    response = owner.post(HERE, {**DETAILS, "accent": "#ffd45e"})
    assert response.status == 422
    assert "White text on #ffd45e would be hard to read" in text_of(response)
    assert laurel.issuer_store.issuer("fernhill").accent is None


def test_logo_can_be_uploaded(owner: Browser, laurel: Laurel) -> None:
    assert send(owner, HERE, DETAILS, logo=picture()).status == 303
    image = laurel.issuer_store.issuer("fernhill").image or ""
    assert image.startswith(f"{laurel.base_url}/images/")
    assert owner.client.get(image.removeprefix(laurel.base_url)).status == 200
    refused = send(owner, HERE, DETAILS, logo=b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    assert refused.status == 422
    assert 'id="logo-error"' in refused.text


def kept_logo(page: str) -> str:
    """The stored logo that the form names."""
    return page.split('name="kept_logo" value="')[1].split('"', maxsplit=1)[0]


def test_a_chosen_logo_survives_an_error_in_another_field(owner: Browser, laurel: Laurel) -> None:
    refused = send(owner, HERE, {**DETAILS, "accent": "#ffd45e"}, logo=picture())
    assert refused.status == 422
    assert laurel.issuer_store.issuer("fernhill").image is None
    assert "The logo that you chose, which is not saved yet" in refused.text
    fixed = {**DETAILS, "accent": "#0b55a0", "kept_logo": kept_logo(refused.text)}
    assert send(owner, HERE, fixed, logo=b"").status == 303
    assert laurel.issuer_store.issuer("fernhill").image == f"{laurel.base_url}/images/{kept_logo(refused.text)}"


def test_an_uploaded_logo_is_shown_and_removed_without_its_url(owner: Browser, laurel: Laurel) -> None:
    send(owner, HERE, DETAILS, logo=picture())
    page = owner.get(HERE).text
    kept = {**DETAILS, "version": "2", "kept_logo": kept_logo(page)}
    assert 'id="image" name="image" type="url" value=""' in page
    assert 'alt="Your current logo"' in page
    assert owner.post(HERE, kept).status == 303
    assert laurel.issuer_store.issuer("fernhill").image is not None
    version = str(laurel.issuer_store.issuer("fernhill").profile_version)
    assert owner.post(HERE, {**kept, "version": version, "remove_logo": "yes"}).status == 303
    assert laurel.issuer_store.issuer("fernhill").image is None


def test_a_logo_url_replaces_the_uploaded_logo_and_a_file_replaces_both(owner: Browser, laurel: Laurel) -> None:
    send(owner, HERE, DETAILS, logo=picture())
    form = {**DETAILS, "version": "2", "kept_logo": kept_logo(owner.get(HERE).text), "image": "https://a.example/a.png"}
    assert owner.post(HERE, form).status == 303
    assert laurel.issuer_store.issuer("fernhill").image == "https://a.example/a.png"
    assert 'value="https://a.example/a.png"' in owner.get(HERE).text
    assert send(owner, HERE, {**form, "version": "3", "remove_logo": "yes"}, logo=picture()).status == 303
    assert (laurel.issuer_store.issuer("fernhill").image or "").startswith(f"{laurel.base_url}/images/")


@pytest.mark.parametrize("path", ["settings", "settings/preview"])
def test_a_forged_name_of_a_stored_logo_is_refused(owner: Browser, laurel: Laurel, path: str) -> None:
    for forged in (f"{'0' * 64}.png", f"{'0' * 64}.svg"):
        refused = owner.post(f"/console/fernhill/{path}", {**DETAILS, "kept_logo": forged, "show": "certificate"})
        assert refused.status == 422
        assert "The image is no longer available." in refused.text
    assert laurel.issuer_store.issuer("fernhill").image is None


def test_the_hint_of_the_button_colour_says_what_it_colours_in_plain_words(owner: Browser) -> None:
    page = text_of(owner.get(HERE))
    for told in ("buttons in your emails", "certificates", "Choose a colour dark enough for white text."):
        assert told in page
    assert "4.5:1" not in page


def test_the_settings_say_what_applies_to_credentials_already_issued(owner: Browser) -> None:
    """Colour, font, footer and certificate template do apply to them; what is signed does not."""
    page = text_of(owner.get(f"{HERE}?did=settings_changed"))
    for wrong in ("Credentials already issued do not change", "Issued credentials do not change"):
        assert wrong not in page
    signed, _, rest = page.partition("The fields below are not part of your credentials.")
    assert "are signed into each credential" in signed
    for field in ("Button colour", "Font", "Footer of your public pages", "Certificate template"):
        assert field in rest
        assert field not in signed
    assert "the logo that the credential was issued with" in rest
    assert "Credentials already issued keep the name, logo and contact details" in signed


def test_a_preview_can_be_opened_at_full_size(owner: Browser, laurel: Laurel) -> None:
    button = next(part for part in owner.get(HERE).text.split("<button") if "Open at full size in a new tab" in part)
    assert f'formaction="{laurel.base_url}{HERE}/preview"' in button
    assert 'formtarget="_blank"' in button


def test_identity_is_shown(owner: Browser, laurel: Laurel) -> None:
    page = text_of(owner.get(HERE))
    issuer = laurel.issuer_store.issuer("fernhill")
    assert issuer.did in page
    assert issuer.signing_key.multibase in page


def test_only_an_owner_can_download_the_export(owner: Browser, editor: Browser, viewer: Browser) -> None:
    assert "Download export" in text_of(owner.get("/console/fernhill/export"))
    response = owner.get("/console/fernhill/export/file")
    assert response.headers["content-disposition"] == 'attachment; filename="fernhill-1.ndjson"'
    assert response.headers["cache-control"] == "private, no-store"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert len(lines) > 8
    for browser in (editor, viewer):
        assert browser.get("/console/fernhill/export").status == 403
        assert browser.get("/console/fernhill/export/file").status == 403
        assert browser.get(HERE).status == 403


def test_only_an_owner_can_download_contacts_for_a_crm(owner: Browser, editor: Browser) -> None:
    response = owner.get("/console/fernhill/export/salesforce")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="fernhill-salesforce.csv"'
    assert response.text.startswith("FirstName,LastName,Email,")
    assert "ada@example.org" in response.text
    assert "Download for HubSpot" in owner.get("/console/fernhill/export").text
    assert owner.get("/console/fernhill/export/other").status == 404
    assert editor.get("/console/fernhill/export/hubspot").status == 403


@pytest.mark.parametrize("query", ["cursor=nonsense", "part=0&cursor=<b>", "part=99999999999"])
def test_invalid_export_query_is_an_error_or_the_first_part(owner: Browser, query: str) -> None:
    assert owner.get(f"/console/fernhill/export?{query}").status in (200, 400)
    assert owner.get(f"/console/fernhill/export/file?{query}").status in (200, 400)


def test_settings_say_that_a_registered_name_passes_check_8(owner: Browser, laurel: Laurel) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    for name in (issuer.name, None):
        before = laurel.issuer_store.issuer("fernhill")
        laurel.issuer_store.replace_issuer(replace(before, registered_as=name, version=before.version + 1))
        page, overview = text_of(owner.get(HERE)), text_of(owner.get("/console/fernhill"))
        assert ("The operator of this service has registered your name" in page) is bool(name)
        assert ("Laurel cannot confirm to others who you are" in page) is not bool(name)
        assert ("Your identity is not proven yet" in overview) is not bool(name)


def test_closed_issuer_is_told_how_to_reopen(owner: Browser, laurel: Laurel) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store.replace_issuer(replace(issuer, closed=laurel.now, version=issuer.version + 1))
    assert "It reopens when you issue a credential" in text_of(owner.get(HERE))


def test_certificate_template_is_chosen_from_a_list(owner: Browser, laurel: Laurel) -> None:
    assert owner.post(HERE, {**DETAILS, "certificate_template": "modern"}).status == 303
    assert laurel.issuer_store.issuer("fernhill").certificate_template == "modern"
    assert '<option value="modern" selected>' in owner.get(HERE).text
    refused = owner.post(HERE, {**DETAILS, "certificate_template": "gothic"})
    assert (refused.status, 'id="certificate_template-error"' in refused.text) == (422, True)
    seen = {"version": str(laurel.issuer_store.issuer("fernhill").profile_version)}
    assert owner.post(HERE, {**DETAILS, **seen, "certificate_template": ""}).status == 303
    assert laurel.issuer_store.issuer("fernhill").certificate_template is None


def test_websites_that_may_embed_are_listed_one_per_line(owner: Browser, laurel: Laurel) -> None:
    assert owner.post(HERE, {**DETAILS, "embed_sites": "https://a.example\r\nhttps://b.example"}).status == 303
    assert laurel.issuer_store.issuer("fernhill").embed_sites == "https://a.example\nhttps://b.example"
    refused = owner.post(HERE, {**DETAILS, "embed_sites": "a.example"})
    assert (refused.status, 'id="embed_sites-error"' in refused.text) == (422, True)


def test_font_and_footer_are_saved_and_shown(owner: Browser, laurel: Laurel) -> None:
    assert owner.post(HERE, {**DETAILS, "font": "serif", "footer": "River Street 1"}).status == 303
    issuer = laurel.issuer_store.issuer("fernhill")
    assert (issuer.font, issuer.footer) == ("serif", "River Street 1")
    refused = owner.post(HERE, {**DETAILS, "font": "https://fonts.example/x.woff2", "footer": "x" * 501})
    assert (refused.status, 'id="font-error"' in refused.text, 'id="footer-error"' in refused.text) == (422, True, True)


def test_an_unreadable_colour_is_refused_with_its_contrast_ratio(owner: Browser, laurel: Laurel) -> None:
    refused = owner.post(HERE, {**DETAILS, "accent": "#ffee88"})
    assert refused.status == 422
    assert "the contrast is 1.17:1, and at least 4.5:1 is needed" in refused.text
    assert laurel.issuer_store.issuer("fernhill").accent is None


def test_the_directory_is_switched_on_and_its_code_offered(owner: Browser, laurel: Laurel) -> None:
    assert "/embed/issuers/fernhill/directory" not in owner.get(HERE).text
    assert owner.post(HERE, {**DETAILS, "directory": "yes"}).status == 303
    assert laurel.issuer_store.issuer("fernhill").directory == "yes"
    page = owner.get(HERE).text
    assert 'name="directory" type="checkbox" value="yes" checked' in page
    assert '/issuers/fernhill/directory/embed"' in page
    assert f"show the newest {PEOPLE} of them in a frame" in page
    headings = [
        page.index(f">{one}</h2>") for one in ("Public profile", "Your directory", "Identifiers and signing key")
    ]
    assert headings == sorted(headings)
    assert page.index('name="directory"') < page.index('href="#directory-title"') < page.index("Save profile")
    assert owner.post(HERE, {**DETAILS, "version": "2"}).status == 303
    assert laurel.issuer_store.issuer("fernhill").directory is None
