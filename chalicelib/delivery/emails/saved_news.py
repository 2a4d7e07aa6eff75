"""Compose the email about saved people and searches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.translated import translated
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase, plural


@dataclass(frozen=True, slots=True)
class Revoked:
    """A revoked credential of a saved person. ``name`` is the person's name, possibly empty."""

    name: str
    page: str


@dataclass(frozen=True, slots=True)
class Match:
    """A saved search and the number of new people who match it."""

    label: str
    count: int
    at_least: bool


def news(
    email: str,
    revoked: tuple[Revoked, ...],
    matches: tuple[Match, ...],
    page: str,
    turn_off: str,
    language: str = DEFAULT,
) -> EmailContent:
    """Compose the email that lists what is new, in ``language``."""
    content = EmailContent(
        kind=Kind.SAVED_NEWS,
        to=email,
        subject=phrase("News about your saved people and searches"),
        preview=phrase("What has changed in the directory since the last email."),
        brand=LAUREL,
        greeting=phrase("Hello,"),
        paragraphs=(*_revoked(revoked), *_matches(matches)),
        main=Button(phrase("View saved people and searches"), page),
        why=phrase("You are receiving this email because you saved people or searches in the Laurel directory."),
        unsubscribe=turn_off,
        unsubscribe_text=phrase("Turn off these emails"),
    )
    return translated(content, language)


def _revoked(revoked: tuple[Revoked, ...]) -> Iterator[str]:
    for one in revoked:
        if one.name:
            yield phrase("A credential held by “{name}” was revoked: {page}", name=one.name, page=one.page)
        else:
            yield phrase("A credential held by a person you saved was revoked: {page}", page=one.page)


def _matches(matches: tuple[Match, ...]) -> Iterator[str]:
    for one in matches:
        if one.at_least:
            yield phrase("At least {count} new people match your search “{search}”.", count=one.count, search=one.label)
        else:
            yield plural(
                "{count} new person matches your search “{search}”.",
                "{count} new people match your search “{search}”.",
                one.count,
                search=one.label,
            )
