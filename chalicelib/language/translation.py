"""Translation of texts and dates into one language, from its compiled catalogue."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.language import phrase
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import Phrase, Value

if TYPE_CHECKING:
    from gettext import NullTranslations

CATALOGUES = Path(__file__).parent / "locales"
DOMAIN = "laurel"


class Translation:
    """English: every text as it is in the source."""

    def __init__(self, code: str = DEFAULT) -> None:
        self.code = code

    def gettext(self, message: str) -> str:
        """Translate a fixed text."""
        return message

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Translate a fixed text by number."""
        return one if count == 1 else many

    def text(self, text: str) -> str:
        """Translate a text of Laurel's own, with the values in it."""
        return text

    def own(self, text: str) -> str:
        """Translate ``text`` if it is a `Phrase`; any other text was written by others and stays as it is."""
        return self.text(text) if isinstance(text, Phrase) else text

    def day(self, value: datetime) -> str:
        """Format a date."""
        return phrase.day(value)

    def minute(self, value: datetime) -> str:
        """Format a date and time."""
        return phrase.minute(value)

    def number(self, value: int) -> str:
        """Format a number."""
        return f"{value:,}"


ENGLISH = Translation()


class _Translated(Translation):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self._catalogue = _catalogue(code)

    def gettext(self, message: str) -> str:
        return self._catalogue.gettext(message) if message else ""

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self._catalogue.ngettext(one, many, count)

    def text(self, text: str) -> str:
        if not isinstance(text, Phrase):
            return self.gettext(text)
        count = text.values.get("count")
        if text.many is not None and isinstance(count, int):
            template = self.ngettext(text.template, text.many, count)
        else:
            template = self.gettext(text.template)
        if not text.values:
            return template
        return template.format_map({name: self._value(value) for name, value in text.values.items()})

    def day(self, value: datetime) -> str:
        from chalicelib.language import date_format  # not needed for English

        return date_format.day(self.code, value)

    def minute(self, value: datetime) -> str:
        from chalicelib.language import date_format

        return date_format.minute(self.code, value)

    def number(self, value: int) -> str:
        from chalicelib.language import date_format

        return date_format.number(self.code, value)

    def _value(self, value: Value) -> str | int:
        if isinstance(value, datetime):
            return self.day(value)
        return self.own(value) if isinstance(value, str) else value


@cache
def translation(code: str) -> Translation:
    """Return the translation into the language ``code``."""
    return ENGLISH if code == DEFAULT else _Translated(code)


def _catalogue(code: str) -> NullTranslations:
    import gettext  # keeps these out of the cold start of English pages
    import gzip

    with gzip.open(CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.mo.gz") as file:
        return gettext.GNUTranslations(file)
