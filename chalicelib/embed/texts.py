"""Every text of widgets, badge images and snippets, in one place for translation."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential.quotation import unquoted
from chalicelib.embed.badge_view import BadgeView, Claims

LANGUAGE = "en"
NO_CREDENTIAL = "No such credential"
NO_CREDENTIAL_ADVICE = "Check the link."
NOTHING_SHOWN = "Contents not shown"
UNNAMED = "A credential"
VERIFY = "Verify this credential"
HOLDER_UNNAMED = "The holder is not named."


def issuer_label(claims: Claims) -> str:
    """Return the words before the issuer's name."""
    return "Issued by" if claims.issuer_confirmed else "Issued under the name"


def issued_by(claims: Claims) -> str:
    """Return who issued it; a name that nobody confirms is quoted."""
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


def spoken(view: BadgeView) -> str:
    """Return everything that an image shows, as its text."""
    claims = view.claims
    contents = [claims.title, claims.holder, issued_by(claims)] if claims else [view.headline, NOTHING_SHOWN]
    return " · ".join([view.label, *filter(None, contents), checked(view.checked_at)])
