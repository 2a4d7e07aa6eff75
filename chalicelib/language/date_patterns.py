"""Date patterns, month names and number separators from CLDR, written by `python -m tools.date_patterns`."""

from __future__ import annotations

from typing import NamedTuple


class Patterns(NamedTuple):
    """How a language writes dates and numbers."""

    day: str
    minute: str
    months: tuple[str, ...]
    group: str
    """What separates the thousands of a number."""


PATTERNS = {
    "es": Patterns(
        "{day} de {month} de {year}",
        "{day} de {month} de {year}, {hour}:{minute} UTC",
        (
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ),
        ".",
    ),
    "fr": Patterns(
        "{day} {month} {year}",
        "{day} {month} {year}, {hour}:{minute} UTC",
        (
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ),
        "\u202f",
    ),
    "de": Patterns(
        "{day}. {month} {year}",
        "{day}. {month} {year}, {hour}:{minute} UTC",
        (
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ),
        ".",
    ),
    "ar": Patterns(
        "{day} {month} {year}",
        "{day} {month} {year}، {hour}:{minute} UTC",
        (
            "يناير",
            "فبراير",
            "مارس",
            "أبريل",
            "مايو",
            "يونيو",
            "يوليو",
            "أغسطس",
            "سبتمبر",
            "أكتوبر",
            "نوفمبر",
            "ديسمبر",
        ),
        ",",
    ),
    "ja": Patterns(
        "{year}年{number}月{day}日",
        "{year}年{number}月{day}日 {hour}:{minute} UTC",
        (
            "1月",
            "2月",
            "3月",
            "4月",
            "5月",
            "6月",
            "7月",
            "8月",
            "9月",
            "10月",
            "11月",
            "12月",
        ),
        ",",
    ),
}
