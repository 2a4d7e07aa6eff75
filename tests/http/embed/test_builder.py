"""`/c/{id}/embed`: the code to copy, without script."""

from __future__ import annotations

import pytest

from chalicelib.embed import snippets, texts
from chalicelib.embed.appearance import Size, Theme
from chalicelib.embed.snippets import Kind, Look
from chalicelib.http.embed.badge_of import badge_of
from tests.embed.makers import PAYLOADS
from tests.http.embed.test_widgets import Parsed, hostile_document
from tests.http.fake_laurel import BASE_URL, Laurel, hostile, id_of
from tests.http.gateway import HTML, Gateway


class Code(Parsed):
    """The contents of the text area."""

    code = ""
    inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self.inside = self.inside or tag == "textarea"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "textarea"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.code += data


@pytest.mark.parametrize("kind", Kind)
def test_page_shows_the_chosen_snippet(client: Gateway, laurel: Laurel, kind: Kind) -> None:
    view = badge_of(laurel.hosted_reports.open(id_of("valid"), None), BASE_URL)
    page = client.get(f"{laurel.url('valid')}/embed?kind={kind}&size=compact&theme=dark", accept=HTML)
    expected = snippets.snippet(kind, view, Look(Size.COMPACT, Theme.DARK), BASE_URL)
    assert Code(page.text).code.strip() == expected
    assert texts.KINDS[kind][1] in page.text
    assert f'<option value="{kind}" selected>' in page.text


def test_every_choice_has_a_text() -> None:
    assert set(texts.KINDS) == set(Kind)
    assert set(texts.SIZES) == set(Size)
    assert set(texts.THEMES) == set(Theme)


def test_unknown_choices_fall_back_to_the_first(client: Gateway, laurel: Laurel) -> None:
    page = client.get(f"{laurel.url('valid')}/embed?kind=x&size=y&theme=z&more=1").text
    assert page.count(" selected>") == 4
    assert "&lt;laurel-badge" in page


def test_building_is_not_counted(client: Gateway, laurel: Laurel) -> None:
    client.get(f"{laurel.url('valid')}/embed")
    assert not laurel.event_store.events


@pytest.mark.parametrize("name", ["z" * 26, "x"])
def test_unknown_credential_is_a_404(client: Gateway, name: str) -> None:
    assert client.get(f"/c/{name}/embed").status == 404


def test_credential_page_links_to_it_if_its_contents_are_verified(client: Gateway, laurel: Laurel) -> None:
    assert f'href="{BASE_URL}{laurel.url("valid")}/embed"' in client.get(laurel.url("valid"), accept=HTML).text
    assert "/embed" not in client.get(laurel.url("tampered"), accept=HTML).text


@pytest.mark.parametrize("kind", Kind)
def test_no_text_of_a_credential_adds_an_element_or_attribute(client: Gateway, laurel: Laurel, kind: Kind) -> None:
    def structure(text: str) -> list[tuple[str, set[str]]]:
        name = hostile(laurel, hostile_document(text)).id
        elements = Parsed(client.get(f"/c/{name}/embed?kind={kind}").text).elements
        return [(tag, set(attributes)) for tag, attributes in elements]

    plain = structure("Plain")
    for payload in filter(str.isascii, PAYLOADS):
        assert structure(payload) == plain, payload


def test_page_says_how_to_show_several_credentials_of_a_holder(client: Gateway, laurel: Laurel) -> None:
    page = client.get(f"{laurel.url('valid')}/embed", accept=HTML).text
    assert "Open the link to the holder’s public profile" in page
    assert "even if all their credentials are from one issuer" in page


def test_the_page_says_how_old_each_form_may_be_and_what_is_stored_of_a_visitor(
    client: Gateway, laurel: Laurel
) -> None:
    page = client.get(f"{laurel.url('valid')}/embed", accept=HTML).text
    assert "at most 30 seconds old when its page is loaded" in page
    assert "an image is at most five minutes old" in page
    assert "country, language, kind of device, campaign tags, whether it is a bot" in page
    assert "Automatic: matches the visitor’s system" in page
