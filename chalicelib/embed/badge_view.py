"""The view model that every widget, badge image and snippet is made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential.quotation import limit_combining_marks

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\\s]+")
"""White space, and what XML 1.0 does not allow or displays differently in each program (2.2)."""
MAX_TEXT = 300
"""Maximum characters of a text in a widget: more than any size shows, and little enough for an attribute of a
snippet."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The contents of a verified credential. ``issuer_confirmed`` means that the issuer's name is more than a claim."""

    title: str
    holder: str | None
    issuer: str
    issuer_confirmed: bool
    image: str | None
    """URL on this host, or a `data:` URL."""


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A credential as shown on other websites: the verdict and, if the proof is valid, the contents."""

    id: str
    url: str
    """The page of the credential."""
    verdict: str
    """`verify.report.Verdict`, for programs."""
    label: str
    """The verdict in one to four words."""
    headline: str
    """The verdict in one sentence."""
    tone: str
    shape: str
    """A key of `appearance.TONES`, and a key of `appearance.SHAPES`; either alone identifies the verdict."""
    checked_at: datetime
    claims: Claims | None
    """None if the credential has no verified contents: then nothing that it claims is shown."""


def one_line(text: str) -> str:
    """Return ``text`` as one line of characters that every output format can contain."""
    line = limit_combining_marks(_UNPRINTABLE.sub(" ", text)).strip()
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1].rstrip() + "…"
