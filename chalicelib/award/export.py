"""Export of all data of an issuer as JSON Lines, without Laurel's secrets.

Each part of Laurel that stores issuer data has an exporter in a registry (`services.exporters`); a page holds the lines
of the exporters after a cursor. A cursor names the exporter and its last line, so that a download can stop and resume
at any time. Each line shows the data at the time it is exported.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol, TypeVar

from chalicelib.award import daily_limits
from chalicelib.award.bulk import job_results
from chalicelib.award.bulk.bulk_issuer import BulkIssuer
from chalicelib.award.bulk.job import Job
from chalicelib.award.bulk.job_results import FIRST_ROW, Position
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Row, decode_cursor, encode_cursor
from chalicelib.award.pathways.pathway_actions import Pathways
from chalicelib.award.ports import IssuerStore
from chalicelib.award.webhooks.webhook import WebhookStore
from chalicelib.credential import dates
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.record import Record, StatusList
from chalicelib.errors import Malformed

PAGE_BYTES = 3_000_000
"""Target page size. Lambda returns at most 6 MB, and base64 adds a third; the last line may exceed the target."""
ROWS = 25
"""Credentials read at once, with their related items, to stay below the 16 MB of one BatchGetItem."""

Line = Mapping[str, object]
Exporter = Callable[[str, str], Iterable[tuple[str, Line]]]
"""Yields the lines of an issuer (first argument) after a position (second; empty for the start), each with its own
position. The order of positions never changes."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, each a JSON object and a newline, and the cursor of the next page; None on the last page."""

    content: bytes
    next: str | None


class Archive(Protocol):
    """Storage that only exports read. Every method raises `Unavailable`."""

    def read_many(self, rows: Sequence[Row]) -> list[tuple[Record, Recipient | None]]:
        """The credentials and recipients of at most `ROWS` rows, in the same order, with a consistent read."""

    def status_lists(self, issuer_id: str) -> Iterator[StatusList]:
        """All status lists that the issuer has ever had, ordered by id."""


def page(exporters: Mapping[str, Exporter], issuer_id: str, cursor: str | None, max_bytes: int = PAGE_BYTES) -> Page:
    """About ``max_bytes`` bytes of lines after ``cursor``. Raises `Malformed` (`bad_cursor`), `NotFound`."""
    names = list(exporters)
    name, after = _read(cursor, names) if cursor else (names[0], "")
    lines: list[bytes] = []
    size = 0
    for at in names[names.index(name) :]:
        for place, line in exporters[at](issuer_id, after if at == name else ""):
            lines.append(json.dumps({"type": at, **line}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            size += len(lines[-1])
            if size >= max_bytes:
                return Page(b"".join(lines), _write(at, place))
    return Page(b"".join(lines), None)


def limited_page(
    issuer_context: IssuerContext, exporters: Mapping[str, Exporter], issuer_id: str, cursor: str | None
) -> Page:
    """`page` for a request, within the issuer's daily limit.

    Raises as `page`, and `QuotaExceeded` (`daily_limit_exceeded`).
    """
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(issuer_context, issuer, daily_limits.EXPORT_PARTS)
    return page(exporters, issuer_id, cursor)


def award_exporters(
    issuer_store: IssuerStore, archive: Archive, bulk: BulkIssuer, pathways: Pathways, webhooks: WebhookStore
) -> dict[str, Exporter]:
    """The exporters of this package, by the type name of their lines."""

    def versions(issuer_id: str) -> Iterator[Achievement]:
        for achievement in issuer_store.achievements(issuer_id):
            yield from issuer_store.achievement_versions(issuer_id, achievement.id)

    return {
        "issuer": dataclass_exporter(
            lambda issuer_id: [issuer_store.issuer(issuer_id)], "id", exclude=("handle", "next_key")
        ),
        "achievement": list_exporter(versions, lambda one: f"{one.id} {one.version:08}", plain),
        "credential": credentials(issuer_store, archive),
        "status_list": list_exporter(archive.status_lists, lambda one: one.id, _status_list),
        "pathway": dataclass_exporter(pathways.pathways, "id"),
        "completion": completions(pathways),
        "job": jobs_and_rows(bulk),
        "webhook": dataclass_exporter(webhooks.webhooks, "id", exclude=("secrets", "seed")),
    }


def dataclass_exporter(objects: Callable[[str], Iterable[object]], key: str, exclude: Sequence[str] = ()) -> Exporter:
    """An exporter of a few dataclass objects, ordered by their member ``key``, without the members ``exclude``."""
    return list_exporter(objects, lambda value: str(getattr(value, key)), lambda value: plain(value, exclude))


def list_exporter(
    objects: Callable[[str], Iterable[T]], key: Callable[[T], str], to_line: Callable[[T], Line]
) -> Exporter:
    """An exporter of a few objects, ordered by their keys."""

    def export(issuer_id: str, after: str) -> Iterator[tuple[str, Line]]:
        for place, value in sorted(((key(each), each) for each in objects(issuer_id)), key=lambda pair: pair[0]):
            if place > after:
                yield place, to_line(value)

    return export


def credentials(issuer_store: IssuerStore, archive: Archive) -> Exporter:
    """All credentials with document, status and recipient, newest first."""

    def export(issuer_id: str, after: str) -> Iterator[tuple[str, Line]]:
        place = decode_cursor(after) if after else None
        while rows := issuer_store.rows(issuer_id, place, ROWS):
            found = {record.id: (record, recipient) for record, recipient in archive.read_many(rows)}
            for row in rows:
                place = row.place
                if row.credential_id in found:
                    yield encode_cursor(place), _credential(*found[row.credential_id])

    return export


def completions(pathways: Pathways) -> Exporter:
    """All pathway completions."""

    def export(issuer_id: str, after: str) -> Iterator[tuple[str, Line]]:
        pathway_id, _, rest = after.partition(" ")
        for pathway in sorted(pathways.pathways(issuer_id), key=lambda one: one.id):
            if pathway.id < pathway_id:
                continue
            last = rest if pathway.id == pathway_id else None
            while some := pathways.completions(issuer_id, pathway.id, last or None, ROWS):
                for one in some:
                    last = one.id
                    yield f"{pathway.id} {last}", plain(one)

    return export


def jobs_and_rows(bulk: BulkIssuer) -> Exporter:
    """All jobs, oldest first, each followed by its rows and their results."""

    def export(issuer_id: str, after: str) -> Iterator[tuple[str, Line]]:
        name, _, rest = after.partition(" ")
        found = _oldest_first(bulk, issuer_id)
        if name:
            found = found[next((at for at, job in enumerate(found) if job.id == name), len(found)) :]
        for job in found:
            continues = job.id == name
            if not continues:
                yield job.id, plain(job_results.progress(bulk, job), exclude=("secret", "digest", "version", "chunks"))
            start = _place(rest) if continues and rest else FIRST_ROW
            for result, following in job_results.results(bulk, job, after=start):
                line = {"job": job.id, **plain(result)}
                yield f"{job.id} {following.chunk}-{following.at}", line

    return export


def plain(value: object, exclude: Sequence[str] = ()) -> dict[str, object]:
    """Convert a dataclass object to JSON, without the members named in ``exclude``. Raises `TypeError` for bytes,
    because most are secrets; convert them explicitly."""
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} is not a dataclass")
    return {one.name: _plain(getattr(value, one.name), exclude) for one in fields(value) if one.name not in exclude}


def _plain(value: object, exclude: Sequence[str]) -> object:
    match value:
        case datetime():
            return dates.write(value)
        case Enum():
            return value.value
        case None | str() | int() | float():
            return value
        case Mapping():
            return {str(name): _plain(member, exclude) for name, member in value.items()}
        case tuple() | list():
            return [_plain(each, exclude) for each in value]
        case _ if is_dataclass(value):
            return plain(value, exclude)
    raise TypeError(f"{type(value).__name__} cannot be exported")


def _credential(record: Record, recipient: Recipient | None) -> Line:
    # Parsed to an object: serialized without whitespace, it equals the signed document byte for byte.
    document = json.loads(record.document)
    to = None if recipient is None else plain(recipient, exclude=("credential_id", "issuer_id"))
    return {**plain(record, exclude=("document", "version")), "recipient": to, "document": document}


def _status_list(one: StatusList) -> Line:
    """The published status list; its document contains the bits."""
    return {**plain(one, exclude=("bits", "document", "version")), "document": json.loads(one.document)}


def _oldest_first(bulk: BulkIssuer, issuer_id: str) -> list[Job]:
    # New jobs come last, so that they do not shift the position of a cursor.
    found: list[Job] = []
    after: str | None = None
    while True:
        some = bulk.jobs.jobs(issuer_id, after, 100)
        found += some.jobs
        if (after := some.after) is None:
            return found[::-1]


def _place(text: str) -> Position:
    try:
        chunk, at = text.split("-")
        return Position(int(chunk), int(at))
    except ValueError as error:
        raise _bad_cursor() from error


def _write(name: str, place: str) -> str:
    return base64.urlsafe_b64encode(f"{name} {place}".encode()).decode().rstrip("=")


def _read(cursor: str, names: Iterable[str]) -> tuple[str, str]:
    # No signature needed: a cursor only applies to the caller's own data.
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise _bad_cursor() from error
    name, _, place = text.partition(" ")
    if name not in names or not place:
        raise _bad_cursor()
    return name, place


def _bad_cursor() -> Malformed:
    return Malformed("This cursor is not valid. Start again without one.", code="bad_cursor")
