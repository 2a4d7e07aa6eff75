"""What was found in a list before it is awarded, in words: every fault by row and column, with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.bulk.bulk_issuer import Examined
from chalicelib.award.bulk.upload import Fault, Row
from chalicelib.http.html import text

SHOWN = 100
"""Faults in one table. Whoever has more mends these first: most are the same one again."""

COLUMNS: Mapping[str, str] = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "did": "Holder’s identifier",
    "valid_from": "Good from",
    "valid_until": "Good until",
    "evidence": "Evidence",
    "zone": "Time zone",
    "ref": "Reference",
}
ADVICE: Mapping[str, str] = {
    "no_name": "Write the name as it should stand on the credential.",
    "bad_email": "Look for a missing @ or a space. Leave the cell empty if you have no address.",
    "bad_date": "Write the year first: 2027-12-31.",
    "bad_validity": "The end must lie after the start.",
    "bad_url": "Copy the address from the browser, with https:// in front; or leave the cell empty.",
    "evidence_required": "Add a column named evidence, with a link to what was done.",
    "bad_zone": "Such as Europe/Berlin; or leave the cell empty.",
    "bad_text": "Shorten it, or take out what cannot be seen.",
    "too_long": "Shorten it.",
    "ref_twice": "Give each row its own reference, or none.",
    "bad_row": "Write a name, then an e-mail address. In a table: a comma or a quotation mark is too many or too few.",
    "too_many_links": "Keep those that show most.",
}
"""By the code of a fault: what to do about it."""


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One line of the table of faults."""

    row: str
    column: str
    detail: str
    advice: str


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One row that will be awarded."""

    number: str
    name: str
    email: str | None
    until: str


@dataclass(frozen=True, slots=True)
class SubmittedReport:
    """What the page says after a check."""

    mark: str
    """Of exactly what was checked: something else is checked again before it is awarded."""
    key: str
    headline: str
    lines: tuple[str, ...]
    faults: tuple[FaultLine, ...]
    more_faults: bool
    duplicates: tuple[FaultLine, ...]
    sample: tuple[SampleLine, ...]
    sample_caption: str
    faulty: int
    good: int
    what: str
    button: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What else the words are made of."""

    mark: str
    key: str
    achievement: str
    with_email: int | None
    """Rows without faults that have an address; None when nobody counted."""
    notify: bool
    sample: tuple[Row, ...]
    until: datetime | None
    """For rows that do not say it themselves."""
    valid_days: int | None


def checked(found: Examined, seen: Seen) -> SubmittedReport:
    """The words for ``found``."""
    good = found.total - found.faulty
    return SubmittedReport(
        mark=seen.mark,
        key=seen.key,
        headline=_headline(found),
        lines=_lines(found),
        faults=tuple(_line(fault) for fault in found.faults[:SHOWN]),
        more_faults=len(found.faults) > SHOWN,
        duplicates=tuple(_line(fault) for fault in found.duplicates[:SHOWN]),
        sample=tuple(_sample(row, seen) for row in seen.sample),
        sample_caption="Who will get one" if good <= len(seen.sample) else f"The first {len(seen.sample)} of {good:,}",
        faulty=found.faulty,
        good=good,
        what=_what(good, seen),
        button=f"Award {credentials(good)}" + (", leave out the rest" if found.faulty else ""),
    )


def credentials(number: int) -> str:
    """Such as `1 credential`, `2,000 credentials`."""
    return "1 credential" if number == 1 else f"{number:,} credentials"


def rows(number: int) -> str:
    """Such as `1 row`, `2,000 rows`."""
    return "1 row" if number == 1 else f"{number:,} rows"


def _headline(found: Examined) -> str:
    if not found.faulty:
        return f"{rows(found.total)}, no fault" + (", one question" if found.repeated else "")
    return f"{found.faulty:,} of {rows(found.total)} {'has' if found.faulty == 1 else 'have'} faults"


def _lines(found: Examined) -> tuple[str, ...]:
    lines = []
    if found.faulty:
        others = "" if found.faulty == found.total else ", or award the others and leave these out"
        lines.append(f"Mend them in the list below and check again{others}.")
    if found.repeated:
        have = "has" if found.repeated == 1 else "have"
        lines.append(f"{rows(found.repeated).capitalize()} {have} an address that an earlier row has too.")
    return tuple(lines)


def _line(fault: Fault) -> FaultLine:
    column = COLUMNS.get(fault.column or "", fault.column or "Whole row")
    return FaultLine(f"{fault.row:,}", column, fault.detail, ADVICE.get(fault.code, ""))


def _sample(row: Row, seen: Seen) -> SampleLine:
    ends = row.valid_until or seen.until
    rule = f"{seen.valid_days:,} days from now" if seen.valid_days else "no end date"
    return SampleLine(f"{row.number:,}", row.name, row.email, text.day(ends) if ends else rule)


def _what(good: int, seen: Seen) -> str:
    match seen.with_email if seen.notify else 0:
        case None:
            told = "Those who have an address will get a message with a link."
        case 0:
            told = "Nobody is written to."
        case 1:
            told = "1 person will get a message with a link."
        case number:
            told = f"{number:,} people will get a message with a link."
    signed = f"{credentials(good)} of “{text.isolated(seen.achievement)}” will be signed"
    return f"{signed}, and can be seen at once by whoever has the link. {told}"
