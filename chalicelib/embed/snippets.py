"""Snippets to copy into a website, a README file or an email.

None of them contains a verdict: it would still say "valid" after the credential is revoked. HTML snippets are
well-formed XML as well, because oEmbed consumers may put them into XHTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

from chalicelib.embed import element, texts
from chalicelib.embed.appearance import BOXES, Box, Size, Theme
from chalicelib.embed.badge_view import BadgeView
from chalicelib.language.languages import DEFAULT
from chalicelib.language.translation import translation


class Kind(StrEnum):
    """The destination of a snippet."""

    SCRIPT = "script"
    FRAME = "frame"
    IMAGE = "image"
    MARKDOWN = "markdown"
    RST = "rst"
    EMAIL = "email"


FRAME_STYLE = "border:0;max-width:100%;color-scheme:light"
"""Browsers paint an opaque box behind a frame whose colour scheme differs from that of its document. The documents of
frames state none, which is light, and colour only their cards; so the frame must be light too, even on a dark page."""
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
"""Permissions of the frame: report its height, and open the credential's page in a new tab."""
_IMAGE_STYLE = "max-width:100%;height:auto"
"""A card is wider than some columns of a phone."""
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
"""All ASCII punctuation, which a backslash makes literal (CommonMark 2.4)."""


@dataclass(frozen=True, slots=True)
class Look:
    """The chosen appearance of a widget."""

    size: Size = Size.CARD
    theme: Theme = Theme.AUTO
    language: str | None = None
    """None: the language of the website for the script, of the reader for the frame, and English for an image."""


def kind_of(text: str | None) -> Kind:
    """Return the kind named ``text``, the script for any other text."""
    return Kind(text) if text in tuple(Kind) else Kind.SCRIPT


def snippet(kind: Kind, view: BadgeView, look: Look, base_url: str) -> str:
    """Return the snippet of ``kind``."""
    match kind:
        case Kind.SCRIPT:
            return script(view, look, base_url)
        case Kind.FRAME:
            return frame(view, look, base_url)
        case Kind.IMAGE:
            return _linked_image(view, look, base_url, "svg")
        case Kind.MARKDOWN:
            return _markdown(view, look, base_url)
        case Kind.RST:
            return _rst(view, look, base_url)
        case Kind.EMAIL:
            return _email(view, look, base_url)


def script(view: BadgeView, look: Look, base_url: str) -> str:
    """Return the custom element with a link inside, and the script that replaces the link."""
    box = BOXES[look.size]
    style = f"display:inline-block;width:{box.width}px;height:{box.height}px"
    source = f"{base_url}/embed/{element.LATEST}.js"
    lang = f"lang={quoteattr(look.language)} " if look.language else ""
    return (
        f"<laurel-badge credential={quoteattr(view.id)} size={quoteattr(look.size)} theme={quoteattr(look.theme)} "
        f"{lang}style={quoteattr(style)}>{_link(view, look)}</laurel-badge>\n"
        f'<script async="async" src={quoteattr(source)} integrity={quoteattr(element.integrity(base_url))} '
        'crossorigin="anonymous"></script>'
    )


def frame(view: BadgeView, look: Look, base_url: str, box: Box | None = None) -> str:
    """Return the frame, by default as large as its contents."""
    title = translation(look.language or DEFAULT).own(texts.title(view))
    return iframe(frame_url(view, look, base_url), title, box or BOXES[look.size])


def link(url: str, text: str) -> str:
    """Return a link, for emails and for websites that show no frames."""
    return f"<a href={quoteattr(url)}>{escape(text)}</a>"


def iframe(url: str, title: str, box: Box) -> str:
    """Return the frame of a document at ``url``, which is as large as ``box`` until it reports its height."""
    return (
        f"<iframe src={quoteattr(url)} title={quoteattr(title)} "
        f'width="{box.width}" height="{box.height}" style="{FRAME_STYLE}" loading="lazy" '
        f"sandbox={quoteattr(SANDBOX)}></iframe>"
    )


def listener(base_url: str) -> str:
    """Return the script that gives each frame on a website the height that it reports.

    A frame in a sandbox has no origin to compare (`event.origin` is "null"), so the sender is compared instead: only a
    frame that the website itself loads from ``base_url`` can change a height, and only its own.
    """
    return (
        "<script>\n"
        'addEventListener("message", event => {\n'
        '  if (event.data?.laurel !== "badge") return;\n'
        f"  for (const frame of document.querySelectorAll('iframe[src^=\"{base_url}/embed/\"]')) {{\n"
        "    if (frame.contentWindow === event.source) frame.height = Number(event.data.height);\n"
        "  }\n"
        "});\n"
        "</script>"
    )


def frame_url(view: BadgeView, look: Look, base_url: str) -> str:
    """Return the URL of the frame."""
    return f"{base_url}/embed/{view.id}{_query(look, Theme.AUTO)}"


def image_url(view: BadgeView, look: Look, base_url: str, ending: str) -> str:
    """Return the URL of the image, whose name ends with ``ending``."""
    return f"{base_url}/badge/{view.id}{ending}{_query(look, Theme.LIGHT)}"


def _query(look: Look, default: Theme) -> str:
    theme = default if look.theme is Theme.AUTO else look.theme
    chosen = [
        (name, value)
        for name, value, usual in (("size", look.size.value, Size.CARD.value), ("theme", theme.value, default.value))
        if value != usual
    ]
    if look.language:
        chosen.append(("lang", look.language))
    return "?" + "&".join(f"{name}={value}" for name, value in chosen) if chosen else ""


def _alternative(view: BadgeView, look: Look) -> str:
    return translation(look.language or DEFAULT).text(texts.alternative(view))


def _link(view: BadgeView, look: Look) -> str:
    return link(view.url, _alternative(view, look))


def _linked_image(view: BadgeView, look: Look, base_url: str, ending: str) -> str:
    box = BOXES[look.size]
    return (
        f"<a href={quoteattr(view.url)}><img src={quoteattr(image_url(view, look, base_url, f'.{ending}'))} "
        f'alt={quoteattr(_alternative(view, look))} width="{box.width}" height="{box.height}" style="{_IMAGE_STYLE}" '
        'loading="lazy" /></a>'
    )


def _markdown(view: BadgeView, look: Look, base_url: str) -> str:
    alternative = _MARKDOWN.sub(r"\\\1", _alternative(view, look))
    return f"[![{alternative}]({image_url(view, look, base_url, '.svg')})]({view.url})"


def _rst(view: BadgeView, look: Look, base_url: str) -> str:
    # The text of an option is not parsed, and `one_line` keeps it in its line.
    return (
        f".. image:: {image_url(view, look, base_url, '.svg')}\n"
        f"   :alt: {_alternative(view, look)}\n"
        f"   :target: {view.url}"
    )


def _email(view: BadgeView, look: Look, base_url: str) -> str:
    # Email clients show no SVG and remove style sheets, so this is a PNG at twice its size, in a table.
    box = BOXES[look.size]
    source = image_url(view, look, base_url, "@2x.png")
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td>'
        f"<a href={quoteattr(view.url)}><img src={quoteattr(source)} alt={quoteattr(_alternative(view, look))} "
        f'width="{box.width}" height="{box.height}" border="0" style="display:block;border:0;{_IMAGE_STYLE}" /></a>'
        "</td></tr></table>"
    )
