"""The parts of a preview."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """A part of a preview."""

    PAGE = "page"
    EMAIL = "email"
    CARD = "card"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Shown:
    """A document, or the URL of a picture with its description."""

    html: str = ""
    picture: str = ""
    alt: str = ""
