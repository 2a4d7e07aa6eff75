"""Pages in the reader's language."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from chalicelib.http.core.access import PUBLIC
from chalicelib.language.languages import DEFAULT, LANGUAGES, direction
from chalicelib.language.translation import translation
from tests import makers
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, hostile, id_of
from tests.http.gateway import HTML, Gateway
from tests.http.public.test_pages import HEADLINES, LINES

assert PUBLIC
TRANSLATED = [code for code in LANGUAGES if code != DEFAULT]


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("kind", KINDS)
def test_credential_page_has_no_english_verdict(client: Gateway, kind: str, code: str) -> None:
    response = client.get(f"/c/{id_of(kind)}?lang={code}", accept=HTML)
    assert translation(code).text(HEADLINES[kind]) in response.text
    assert HEADLINES[kind] not in response.text
    assert LINES[kind] not in response.text
    assert f'<html lang="{code}"' in response.text
    assert ('dir="rtl"' in response.text.partition("<head>")[0]) == (direction(code) == "rtl")
    assert response.headers["content-language"] == code
    assert response.headers["vary"] == "Accept"
    assert f'<link rel="canonical" href="{BASE_URL}/c/{id_of(kind)}">' in response.text


def test_browser_language_is_used_and_declared(client: Gateway) -> None:
    response = client.get(f"/c/{id_of('valid')}", accept=HTML, accept_language="fr-CA,fr;q=0.9")
    assert "Cette attestation est authentique et valide." in response.text
    assert response.headers["vary"] == "Accept, Accept-Language"
    assert "lang=fr" not in response.text.partition('class="languages"')[0]


def test_a_language_in_the_url_wins_and_is_kept_in_links(client: Gateway) -> None:
    response = client.get(f"/c/{id_of('valid')}?lang=de", accept=HTML, accept_language="fr")
    assert f'href="{BASE_URL}/?lang=de"' in response.text
    assert 'href="?lang=ja" lang="ja" hreflang="ja"' in response.text


def test_unknown_language_is_negotiated(client: Gateway) -> None:
    response = client.get("/?lang=tlh", accept=HTML, accept_language="es")
    assert response.headers["content-language"] == "es"
    assert "Accept-Language" in response.headers["vary"]


def test_json_stays_english(client: Gateway) -> None:
    for path in (f"/c/{id_of('revoked')}", f"/v1/credentials/{id_of('revoked')}/report"):
        plain = client.get(path, accept="application/json")
        other = client.get(f"{path}?lang=ar", accept="application/json", accept_language="ja")
        assert other.body == plain.body


def test_problem_page_is_translated_and_its_json_is_not(client: Gateway) -> None:
    page = client.get("/nowhere?lang=ja", accept=HTML)
    assert page.status == 404
    assert "見つかりません" in page.text
    assert client.get("/nowhere?lang=ja", accept="*/*").json["title"] == "Not found"


def test_signed_text_is_marked_with_its_own_language(client: Gateway, laurel: Laurel) -> None:
    page = client.get(f"/c/{id_of('valid')}?lang=ar", accept=HTML).text
    assert '<h2 id="badge" class="title" dir="auto" lang="">Data analysis' in page
    english = client.get(f"/c/{id_of('valid')}", accept=HTML).text
    assert '<h2 id="badge" class="title" dir="auto">Data analysis' in english


def test_language_of_one_request_is_not_that_of_the_next(client: Gateway) -> None:
    client.get("/?lang=ar", accept=HTML)
    assert client.get("/", accept=HTML).headers["content-language"] == "en"


def test_widget_data_and_frame_follow_lang_and_images_stay_english(client: Gateway) -> None:
    found = id_of("valid")
    data = client.get(f"/embed/{found}?format=json&lang=ar")
    assert (data.json["lang"], data.json["dir"]) == ("ar", "rtl")
    assert data.json["texts"]["v"].startswith("صالحة")
    assert client.get(f"/embed/{found}?format=json", accept_language="ja").json["lang"] == "ja"
    assert '<html lang="ar" dir="rtl">' in client.get(f"/embed/{found}?lang=ar", accept=HTML).text
    assert "Verifiziert" not in client.get(f"/badge/{found}.svg", accept_language="de").text
    assert "Valid" in client.get(f"/badge/{found}.svg", accept_language="de").text
    assert "Gültig" in client.get(f"/badge/{found}.svg?lang=de").text


@pytest.mark.slow
def test_images_of_every_language_differ(client: Gateway) -> None:
    found = id_of("valid")
    for path in (f"/badge/{found}.png", f"/c/{found}/card.png"):
        assert len({client.get(f"{path}?lang={code}").body for code in LANGUAGES}) == len(LANGUAGES)
        assert client.get(path, accept_language="ar").body == client.get(f"{path}?lang=en").body


@pytest.mark.parametrize("code", ["en", "ar", "ja"])
def test_certificate_is_in_the_readers_language(client: Gateway, code: str) -> None:
    path = f"/c/{id_of('valid')}/certificate.pdf"
    files = client.get(f"{path}?lang={code}").body, client.get(path, accept_language=code).body
    (text, same) = (" ".join(PdfReader(io.BytesIO(file)).pages[0].extract_text().split()) for file in files)
    assert text == same
    expected = translation(code).text("Check online that it is genuine and still valid:")
    assert expected in text
    assert ("has earned" in text) == (code == DEFAULT)


@pytest.mark.parametrize("path", ["/issuers/fernhill", "/achievements/{id}"])
def test_public_pages_are_translated_and_their_json_is_not(client: Gateway, laurel: Laurel, path: str) -> None:
    (achievement,) = laurel.issuer_store.achievements("fernhill")
    path = path.format(id=achievement.id)
    page = client.get(f"{path}?lang=ar", accept=HTML).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "يضمن مشغّل هذه الخدمة هذا الاسم." in page or "تقدّمه" in page
    assert client.get(f"{path}?lang=ar").json == client.get(path).json


def test_marks_piled_up_in_a_name_are_removed_in_every_language(client: Gateway, laurel: Laurel) -> None:
    """The sentence is translated after it was composed, so the values in it must be bounded, not only its text."""
    pile = "Z" + "\u0301" * 60
    record = hostile(laurel, makers.unsigned(makers.issuer(name=pile)))
    for code in LANGUAGES:
        page = client.get(f"/c/{record.id}?lang={code}", accept=HTML).text
        assert "Z\u0301" in page
        assert "\u0301" * 5 not in page


def test_sign_in_email_is_in_the_language_of_the_page(client: Gateway, laurel: Laurel) -> None:
    form = {"content_type": "application/x-www-form-urlencoded", "origin": BASE_URL, "accept": HTML}
    for query, header in (("?lang=fr", "de"), ("", "fr")):
        client.post(f"/sign-in{query}", b"email=ada%40example.org", accept_language=header, **form)
    assert laurel.sign_in_mailer.languages == ["fr", "fr"]
