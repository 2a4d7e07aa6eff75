"""Sentences that are translated after they were composed."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.language.phrase import Phrase, phrase, plural, with_values
from chalicelib.language.translation import translation

GERMAN = translation("de")
DAY = datetime(2026, 3, 3, tzinfo=UTC)


def test_a_phrase_is_its_english_text() -> None:
    assert phrase("It was valid until {day}.", day=DAY) == "It was valid until 3 March 2026."
    assert plural("{count} check passed", "{count} checks passed", 1) == "1 check passed"
    assert plural("{count} check passed", "{count} checks passed", 8) == "8 checks passed"


def test_values_are_translated_only_if_they_are_phrases() -> None:
    found = phrase("{verdict}: {title}", verdict=phrase("Valid"), title="Valid")
    assert found == "Valid: Valid"
    assert GERMAN.text(found) == "Gültig: Valid"


def test_braces_in_a_value_are_not_filled_in() -> None:
    assert GERMAN.text(phrase("{verdict}: {title}", verdict=phrase("Valid"), title="{0} {verdict}")).endswith(
        "{0} {verdict}"
    )


def test_own_words_of_others_stay() -> None:
    assert GERMAN.own("Evidence") == "Evidence"
    assert GERMAN.own(phrase("Evidence")) == "Belege"


def test_plural_follows_the_language() -> None:
    arabic = translation("ar")
    forms = {arabic.text(plural("{count} check passed", "{count} checks passed", count)) for count in (1, 2, 3, 11)}
    assert len(forms) == 4
    assert GERMAN.text(phrase("It was valid until {day}.", day=DAY)) == "Er war bis zum 3. März 2026 gültig."


def test_values_are_changed_and_the_phrase_stays_one() -> None:
    inner = phrase("Issued by {issuer}", issuer="a b")
    found = with_values(phrase("{title}. {issued_by}.", title="a b", issued_by=inner), str.upper)
    assert found == "A B. Issued by A B."
    assert isinstance(found, Phrase)
    assert GERMAN.text(found) == "A B. Ausgestellt von A B."
    assert with_values(plural("{count} check passed", "{count} checks passed", 8), str.upper) == "8 checks passed"
    assert with_values("a b", str.upper) == "A B"
