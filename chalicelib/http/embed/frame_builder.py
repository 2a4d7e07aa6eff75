"""The page that generates the code of a frame: for the credentials of a holder, and for the directory of an issuer."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Request

from chalicelib.embed import snippets, texts
from chalicelib.embed.appearance import Box, size_of, theme_of
from chalicelib.embed.snippets import Look
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.embed.opening import parameter
from chalicelib.http.html import render
from chalicelib.language.languages import DEFAULT, LANGUAGES, known
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.language.translation import translation

Field = tuple[str, str, tuple[tuple[str, str], ...]]
"""A field of the form: name, label, and the options with their texts."""

COLOURS_AND_LANGUAGE: tuple[Field, ...] = (
    ("theme", phrase("Colours"), tuple(texts.THEMES.items())),
    ("language", phrase("Language"), (("", phrase("Automatic")), *LANGUAGES.items())),
)
HINT = phrase(
    "A live frame. The script below it adjusts its height to fit the content, including on phones. Without the "
    "script, the frame keeps the height set in the code and scrolls."
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of the generated code. Its ``title`` names no one, because copied code outlives what it shows."""

    url: str
    title: Phrase
    box: Box


def look_of(request: Request) -> Look:
    """Return the appearance that the form chose."""
    return Look(
        size_of(parameter(request, "size")),
        theme_of(parameter(request, "theme")),
        known(parameter(request, "language")),
    )


def page(template: str, base_url: str, frame: Frame, look: Look, fields: tuple[Field, ...], **content: object) -> Reply:
    """Render ``template``, a page with the form of ``fields``, a preview and the code."""
    title = translation(look.language or DEFAULT).text(frame.title)
    return render.scripted_page(
        template,
        base_url,
        "embed_page.js",
        uncached(),
        status=200,
        forms=True,
        loads=True,
        fields=fields,
        chosen={"size": look.size, "theme": look.theme, "language": look.language or ""},
        hint=HINT,
        snippet=f"{snippets.iframe(frame.url, title, frame.box)}\n{snippets.listener(base_url)}",
        frame_url=frame.url,
        box=frame.box,
        sandbox=snippets.SANDBOX,
        **content,
    )
