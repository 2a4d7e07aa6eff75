"""A message to a holder: what a sender may enter, and how it is quoted in an email."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.award.input import text_rules
from chalicelib.credential.quotation import escape_quotes
from chalicelib.delivery.emails.parts.text import line
from chalicelib.errors import Refused
from chalicelib.language.phrase import phrase

MAX_NAME = 100
"""Maximum characters of a name or an organization, as on a profile."""
MAX_TEXT = 2000
"""Maximum characters: enough to introduce yourself and a position; the rest follows by email."""
WAITS = timedelta(days=2)
"""How long a message waits for its sender: long enough to be sent tomorrow if the holder's limit is reached today."""

_LINK = re.compile(r"://|\bwww\.|\bmailto:|\S@\S", re.IGNORECASE)
"""What a sender must leave out, so that emails from Laurel never link to other sites."""
_DOT = re.compile(r"(?<=\S)([.．。｡@:/])(?=\S)")
"""Not `\\w`: vowel signs of many scripts and emoji, which domains can contain too, do not match it."""
_WORD_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a sender enters. ``organization`` may be empty."""

    name: str
    organization: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A pending message: it is sent when its sender has confirmed the address ``email``."""

    digest: str
    """SHA-256 of the secret in the sender's link, in hex."""
    holder_id: str
    email: str
    draft: Draft
    expires: datetime


def check_name(value: str) -> None:
    """Check the sender's name. Raises `Refused` (`bad_text`)."""
    if not value:
        raise Refused(phrase("Enter your name."), code="bad_text")
    _check_line(value)


def check_organization(value: str) -> None:
    """Check the sender's organization, which is optional. Raises `Refused` (`bad_text`)."""
    if value:
        _check_line(value)


def check_text(value: str) -> None:
    """Check the text of a message. Raises `Refused` (`bad_text`)."""
    if not value:
        raise Refused(phrase("Enter your message."), code="bad_text")
    try:
        text_rules.check_text("message", value, MAX_TEXT)
    except Refused as error:
        detail = phrase("Use at most {limit} characters, and no control characters.", limit=MAX_TEXT)
        raise Refused(detail, code=error.code) from error
    _check_no_link(value)


def check(draft: Draft) -> None:
    """Check all that a sender entered. Raises `Refused` (`bad_text`)."""
    check_name(draft.name)
    check_organization(draft.organization)
    check_text(draft.text)


def quoted_name(value: str) -> str:
    """``value`` as an email names it within quotation marks."""
    return unlinked(escape_quotes(line(value, MAX_NAME)))


def quoted_lines(text: str) -> tuple[str, ...]:
    """The lines of a message as an email quotes them: plain text that no email client turns into a link."""
    return tuple(unlinked(line(each, MAX_TEXT)) for each in text.splitlines())


def unlinked(text: str) -> str:
    """``text`` with an invisible character in what looks like a domain, such as ``example.com``.

    Refusing such text would also refuse product names such as ASP.NET.
    """
    return _DOT.sub(rf"\1{_WORD_JOINER}", text)


def _check_line(value: str) -> None:
    try:
        text_rules.check_name("name", value, MAX_NAME)
    except Refused as error:
        detail = phrase("Enter one line of at most {limit} characters, without invisible characters.", limit=MAX_NAME)
        raise Refused(detail, code=error.code) from error
    _check_no_link(value)


def _check_no_link(value: str) -> None:
    if _LINK.search(value):
        detail = phrase("Leave out links and email addresses. The holder sees your address and can reply to you.")
        raise Refused(detail, code="bad_text")
