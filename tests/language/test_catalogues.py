"""The catalogues are complete, and nothing that a visitor reads is left out of them."""

from __future__ import annotations

import gettext
import gzip
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from chalicelib.language.languages import DEFAULT, LANGUAGES
from tools import catalogues

TRANSLATED = [code for code in LANGUAGES if code != DEFAULT]
TEMPLATES = [file for folder, pattern in catalogues.TRANSLATED for file in sorted(folder.glob(pattern))]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
TAG = re.compile(r"</?\w+[^>]*>")
VISIBLE = ("title", "alt", "aria-label", "placeholder", "content", "label")
"""Attributes whose value a person reads; `content` is that of descriptions and previews."""
SAME_EVERYWHERE = {"Laurel", "SHA-256", "PNG", "SVG", "JSON", "JWT"}
OF_THE_BLOCK_HERE = {"verify", "directory", "sign-in"}
"""Which link of the navigation is the current page: compared, not shown."""


extracted = cache(catalogues.extracted)
read = cache(catalogues.read)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated_and_none_is_fuzzy(code: str) -> None:
    stored = read(code)
    assert {message.id for message in extracted() if message.id} == {message.id for message in stored if message.id}, (
        "run python -m tools.catalogues"
    )
    for message in stored:
        if message.id:
            assert not message.fuzzy, message.id
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(strings), message.id
            assert len(strings) == (stored.num_plurals if isinstance(message.id, tuple) else 1), message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_translation_has_the_placeholders_and_tags_of_its_text(code: str) -> None:
    for message in read(code):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        for string in message.string if isinstance(message.string, tuple) else (message.string,):
            if sources[0]:
                assert set(PLACEHOLDER.findall(string)) == set(PLACEHOLDER.findall(sources[-1])), string
                assert sorted(TAG.findall(string)) == sorted(TAG.findall(sources[-1])), string


SENTENCE = re.compile(r"[a-z]{3,} [a-z]{3,}")


def test_no_sentence_has_the_translation_of_another_language() -> None:
    """A sentence that reads the same in two languages was copied from one of them."""
    by_text = {code: {message.id: message.string for message in read(code)} for code in TRANSLATED}
    for text in by_text[TRANSLATED[0]]:
        if isinstance(text, str) and SENTENCE.search(text):
            translations = [by_text[code][text] for code in TRANSLATED]
            assert len(set(translations)) == len(TRANSLATED), text


@pytest.mark.parametrize("code", TRANSLATED)
def test_compiled_catalogue_is_that_of_its_source(code: str) -> None:
    assert gzip.decompress(catalogues.path(code, "mo.gz").read_bytes()) == catalogues.compiled(code)
    with gzip.open(catalogues.path(code, "mo.gz")) as file:
        assert gettext.GNUTranslations(file).gettext("Valid") != "Valid"


class _Fixed(HTMLParser):
    """The texts of a template that are not translated."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code", "pre")
        self.found += [value or "" for name, value in attrs if name in VISIBLE and "property" not in dict(attrs)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code", "pre")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def fixed_texts(source: str) -> list[str]:
    """What a template shows that comes neither from a translation nor from an expression."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    parsed = _Fixed()
    for node in tree.find_all(nodes.Output):
        for child in node.nodes:
            parsed.feed(child.data if isinstance(child, nodes.TemplateData) else "\ue000")
    return [text for text in parsed.found if re.search(r"[^\W\d_]{2}", text)]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_template_has_no_fixed_text(file: Path) -> None:
    for text in fixed_texts(file.read_text(encoding="utf-8")):
        words = text.replace("\ue000", "").strip(" ·,()\n")
        technical = re.fullmatch(r"(?:width|initial|noindex|light|dark|website|summary|[a-z/-]+=).*", words)
        assert words in SAME_EVERYWHERE | OF_THE_BLOCK_HERE or technical, words


def test_fixed_text_and_attribute_are_found() -> None:
    source = '<p>{{ _("Yes") }} Not translated</p><img alt="Nor this"><code>curl</code>{% trans %}Is{% endtrans %}'
    assert [text.strip("\ue000 ") for text in fixed_texts(source)] == ["Not translated", "Nor this"]


def test_text_composed_outside_of_phrase_is_not_extracted() -> None:
    source = (
        'def f(x):\n    """Doc of it."""\n    return phrase("A {x}", x=x), plural("One.", "Many.", 3), f"Not {x}."\n'
    )
    assert list(catalogues.of_module(source, re.compile(".*"))) == ["A {x}", ("One.", "Many.")]
