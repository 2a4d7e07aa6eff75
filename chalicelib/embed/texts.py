"""Every text of widgets, badge images and snippets, in one place for translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential.quotation import unquoted
from chalicelib.embed.badge_view import BadgeView, Claims

LANGUAGE = "en"
NOTHING_SHOWN = "Contents not shown"
UNNAMED = "A credential"
VERIFY = "Verify this credential"
HOLDER_UNNAMED = "The holder is not named."
ISSUER_UNNAMED = "Issued by an unnamed issuer"
HOLDER_NOT_DRAWN = "Holder name not shown"
ISSUER_NOT_DRAWN = "Issuer name not shown"
"""In an image without letters for the name."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a widget or an image shows, each text in a line of its own; an empty text is left out."""

    label: str
    title: str
    holder: str
    issuer: str
    checked: str
    day: str
    tone: str
    shape: str


MISSING = Shown("No such credential", "Check the link.", "", "", "", "", "open", "question")
"""Shown for an id that no credential has."""


def shown(view: BadgeView) -> Shown:
    """Return the texts of ``view``."""
    claims = view.claims
    return Shown(
        label=view.label,
        title=claims.title if claims else NOTHING_SHOWN,
        holder=(claims.holder or HOLDER_UNNAMED) if claims else "",
        issuer=issued_by(claims) if claims else "",
        checked=checked(view.checked_at),
        day=day(view.checked_at),
        tone=view.tone,
        shape=view.shape,
    )


def spoken(shown: Shown) -> str:
    """Return everything that an image shows, as its text."""
    return " · ".join(filter(None, (shown.label, shown.title, shown.holder, shown.issuer, shown.checked)))


def issuer_label(claims: Claims) -> str:
    """Return the words before the issuer's name."""
    return "Issued by" if claims.issuer_confirmed else "Issued under the name"


def issued_by(claims: Claims) -> str:
    """Return who issued it; a name that nobody confirms is quoted."""
    if claims.issuer is None:
        return ISSUER_UNNAMED
    name = claims.issuer if claims.issuer_confirmed else f"“{unquoted(claims.issuer)}”"
    return f"{issuer_label(claims)} {name}"


def checked(at: datetime) -> str:
    """Return the day of the check. It has no time of day, so that an image changes at most once a day without a new
    verdict."""
    return f"Checked {day(at)}"


def day(at: datetime) -> str:
    """Format a date, such as `3 March 2026`."""
    return f"{at:%-d %B %Y}"


def title(view: BadgeView) -> str:
    """Return the title, without a verdict and without anything that is not verified."""
    return view.claims.title if view.claims else UNNAMED


def alternative(view: BadgeView) -> str:
    """Return the alternative text of an image in a snippet.

    It has no verdict: a text that was copied would still say "valid" after the credential is revoked.
    """
    if view.claims is None:
        return VERIFY
    return f"{view.claims.title}. {issued_by(view.claims)}. {VERIFY}."


KINDS: Mapping[str, tuple[str, str]] = {
    "script": ("Website (script)", "A live widget that becomes part of the page. Without JavaScript, it is a link."),
    "frame": ("Website (frame)", "A live widget in a frame, for website builders that do not allow scripts."),
    "image": (
        "Website (image)",
        "A live image with a link. It works wherever HTML does. It is light unless you choose dark.",
    ),
    "markdown": ("Markdown", "For README files, forums and wikis."),
    "rst": ("reStructuredText", "For documentation made with Sphinx or Docutils."),
    "email": (
        "Email signature",
        (
            "Copy the preview and paste it into your signature, or paste this HTML where your email program accepts "
            "HTML. Some email providers keep the image for a while. It is light unless you choose dark."
        ),
    ),
}
"""Name and hint of each kind of snippet."""
SIZES: Mapping[str, str] = {"card": "Card", "compact": "Compact", "badge": "Badge"}
THEMES: Mapping[str, str] = {"auto": "Automatic", "light": "Light", "dark": "Dark"}
