"""The terms under which a listing is found. Pure: the same listing always has the same terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from enum import StrEnum
from typing import NamedTuple

from chalicelib.directory import text
from chalicelib.directory.index.places import place_parts
from chalicelib.directory.listing import Listing

MAX_CREDENTIALS = 8
"""Holders with at least this many valid credentials rank equally when sorting by number of credentials."""
NO_MONTH = "0000-00"
"""The month of a listing without a valid credential."""


class Kind(StrEnum):
    """What a term says about a listing."""

    WORD = "word"
    """A word of its text, or the name of a skill of several words; its fields are those of `Field`."""
    PREFIX = "prefix"
    """A prefix of a word of its name. The field is the next letter."""
    ACHIEVEMENT = "achievement"
    ISSUER = "issuer"
    PLACE = "place"
    LANGUAGE = "language"
    OPEN_TO = "open_to"
    CREDENTIALS = "credentials"
    """The number of valid credentials, from two."""
    ISSUED = "issued"
    """The month of the newest credential. Every listing has exactly one, so the union of all months is the whole
    directory."""


class Field(StrEnum):
    """Where a word occurs, apart from names (`name_field`). One item of the index contains all fields of a word, so
    that one read finds all."""

    TEXT = "t"
    """In the headline, the title of an achievement or the name of a skill."""
    SKILL = "s"
    """It is the whole name of a skill."""


class Term(NamedTuple):
    """One value of one kind; ``field`` distinguishes terms that are stored together."""

    kind: Kind
    value: str
    field: str = ""


def terms_of(listing: Listing) -> frozenset[Term]:
    """Every term of ``listing``."""
    return frozenset(_terms(listing))


def _terms(listing: Listing) -> Iterator[Term]:
    yield Term(Kind.ISSUED, issued_month(listing))
    if listing.credentials > 1:
        yield Term(Kind.CREDENTIALS, str(min(listing.credentials, MAX_CREDENTIALS)))
    yield from (Term(Kind.ACHIEVEMENT, one.id) for one in listing.achievements)
    yield from (Term(Kind.ISSUER, one.id) for one in listing.issuers)
    yield from (Term(Kind.PLACE, part) for part in place_parts(listing.place))
    yield from (Term(Kind.LANGUAGE, tag) for one in listing.languages for tag in language_tags(one))
    yield from (Term(Kind.OPEN_TO, one.lower()) for one in listing.open_to)
    yield from (Term(Kind.WORD, skill, Field.SKILL) for skill in skill_keys(listing))
    yield from (Term(Kind.WORD, word, Field.TEXT) for word in text_words(listing))
    whole_name = name_field(len(text.searched_words(listing.name)))
    for word in name_words(listing):
        yield Term(Kind.WORD, word, whole_name)
        if len(word) >= 2 or text.is_cjk(word):
            yield prefix_term(word)


def name_field(words: int) -> str:
    """The field of a word in a name with this many words. If every word of a search is in a name with that many words,
    the search is the whole name."""
    return NAME_FIELDS[min(words, len(NAME_FIELDS)) - 1]


NAME_FIELDS = tuple(f"n{count}" for count in range(1, 8))
"""One more than a search can have words."""


def prefix_term(beginning: str) -> Term:
    """The term of a word of a name, or of its first two or three letters."""
    group = text.prefix_group(beginning)
    return Term(Kind.PREFIX, group, beginning[len(group) :][:1])


def name_words(listing: Listing) -> frozenset[str]:
    """The words of a holder's name."""
    return text.indexed_words(listing.name)


def text_words(listing: Listing) -> frozenset[str]:
    """The words of a listing's other searched text. A skill of one word is found as a skill."""
    words = set(text.indexed_words(listing.headline))
    for achievement in listing.achievements:
        words |= text.indexed_words(achievement.name)
    for skill in listing.skills:
        words |= text.indexed_words(skill)
    return frozenset(words - skill_keys(listing))


def skill_keys(listing: Listing) -> frozenset[str]:
    """What identifies the skills of a listing."""
    return frozenset(filter(None, map(text.key, listing.skills)))


def language_tags(tag: str) -> tuple[str, ...]:
    """A language tag and the language itself: a holder who speaks ``pt-BR`` speaks ``pt``."""
    lower = tag.lower()
    return tuple(dict.fromkeys((lower, lower.partition("-")[0])))


def issued_month(listing: Listing) -> str:
    """The month of a listing's newest credential, ``YYYY-MM``."""
    return NO_MONTH if listing.issued_at is None else listing.issued_at.astimezone(UTC).date().isoformat()[:7]


def name_key(listing: Listing) -> str:
    """What the order by name compares, by code point. Listings without a name come last."""
    # A hyphen sorts after the delimiter of keys, so "ann" comes before "ann-b".
    return text.key(listing.name).replace("#", "").replace(" ", "-") or LAST


LAST = "\U0010ffff"
