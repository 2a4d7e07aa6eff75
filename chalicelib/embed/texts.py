"""Every text of widgets, badge images and snippets, in one place for translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential.quotation import escape_quotes
from chalicelib.embed.badge_view import BadgeView, Claims
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.language.translation import ENGLISH, Translation

NOTHING_SHOWN = "Contents not shown"
UNNAMED = "A credential"
VERIFY = "Verify this credential"
HOLDER_UNNAMED = "The holder is not named."
ISSUER_UNNAMED = "Issued by an unnamed issuer"
HOLDER_NOT_DRAWN = "Holder name not shown"
ISSUER_NOT_DRAWN = "Issuer name not shown"
"""Shown when the image's fonts lack glyphs for the name."""


@dataclass(frozen=True, slots=True)
class WidgetTexts:
    """The texts of a widget or an image, each on a line of its own; an empty text is left out."""

    label: str
    title: str
    holder: str
    issuer: str
    checked: str
    day: str
    tone: str
    shape: str


def shown(view: BadgeView, language: Translation = ENGLISH) -> WidgetTexts:
    """Return the texts of ``view`` in ``language``."""
    claims = view.claims
    return WidgetTexts(
        label=language.text(view.label),
        title=language.own(claims.title) if claims else language.text(NOTHING_SHOWN),
        holder=(claims.holder or language.text(HOLDER_UNNAMED)) if claims else "",
        issuer=language.text(issued_by(claims)) if claims else "",
        checked=language.text(checked(view.checked_at)),
        day=language.day(view.checked_at),
        tone=view.tone,
        shape=view.shape,
    )


def missing(language: Translation = ENGLISH) -> WidgetTexts:
    """Return the texts for an unknown id."""
    label, title = language.text("No such credential"), language.text("Check the link.")
    return WidgetTexts(label, title, "", "", "", "", "open", "question")


def alt_text(shown: WidgetTexts) -> str:
    """Return all text of an image, as its alternative text."""
    return " · ".join(filter(None, (shown.label, shown.title, shown.holder, shown.issuer, shown.checked)))


def issued_by(claims: Claims) -> Phrase:
    """Return who issued it; an unconfirmed name is quoted, but not our own words for an issuer without a name."""
    if isinstance(claims.issuer, Phrase):
        return phrase(ISSUER_UNNAMED)
    if claims.issuer_confirmed:
        return phrase("Issued by {issuer}", issuer=claims.issuer)
    return phrase("Issued under the name “{issuer}”", issuer=escape_quotes(claims.issuer))


def checked(at: datetime) -> Phrase:
    """Return the day of the check. It has no time of day, so that an image changes at most once a day without a new
    verdict."""
    return phrase("Checked {day}", day=at)


def title(view: BadgeView) -> str:
    """Return the title, without a verdict and without anything that is not verified."""
    return view.claims.title if view.claims else phrase(UNNAMED)


def alternative(view: BadgeView) -> Phrase:
    """Return the alternative text of an image in a snippet.

    It has no verdict: a text that was copied would still say "valid" after the credential is revoked.
    """
    if view.claims is None:
        return phrase(VERIFY)
    return phrase(
        "{title}. {issued_by}. {verify}.",
        title=view.claims.title,
        issued_by=issued_by(view.claims),
        verify=phrase(VERIFY),
    )


KINDS: Mapping[str, tuple[str, str]] = {
    "script": ("Website (script)", "A live widget that becomes part of the page. Without JavaScript, it is a link."),
    "frame": ("Website (frame)", "A live widget in a frame, for website builders that do not allow scripts."),
    "image": (
        "Website (image)",
        "A live image with a link. It works wherever HTML does. It is light unless you choose dark.",
    ),
    "markdown": ("Markdown", "For README files, forums and wikis."),
    "rst": (phrase("reStructuredText"), "For documentation made with Sphinx or Docutils."),
    "email": (
        "Email signature",
        (
            "Copy the preview and paste it into your signature, or paste this HTML where your email client accepts "
            "HTML. Some email providers cache the image for a while. It is light unless you choose dark."
        ),
    ),
}
"""Name and hint of each kind of snippet."""
SIZES: Mapping[str, str] = {"card": "Card", "compact": "Compact", "badge": "Badge"}
THEMES: Mapping[str, str] = {"auto": "Automatic: matches the visitor’s system", "light": "Light", "dark": "Dark"}
