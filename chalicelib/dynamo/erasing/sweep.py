"""Search the pages of all tables and the archived events, and change what has a trace."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from chalicelib.analytics.archive import EventArchive, without_people
from chalicelib.dynamo import keys
from chalicelib.dynamo.erasing.contents import text_of
from chalicelib.dynamo.erasing.listings import clean_listing
from chalicelib.dynamo.erasing.rules import RULES, Found, is_new, issuer_of, without_credentials
from chalicelib.dynamo.erasing.traces import Traces, traces_of
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.stores.access.members import DynamoMemberStore
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.visitor_reports import delete_report
from chalicelib.dynamo.tables import Raw, Tables, key_of
from chalicelib.erasure.erasure import ErasureTarget, Sweep
from chalicelib.errors import Unavailable

_TABLES = "events", "secrets", "credentials", "directory"
"""The tables in the order in which they are searched: counts of days are made from those of hours, which are first, and
the directory from the credentials."""


def sweep_tables(
    tables: Tables, counts: DynamoCountStore, archive: EventArchive, sweep: Sweep, targets: Sequence[ErasureTarget]
) -> Iterator[Sweep]:
    """Continue a pass, and yield its position after each page or archived day. Raises `Unavailable`."""
    traces, members = traces_of(targets), _members(tables, targets)
    first, after = _parsed(sweep.position)
    for number in range(first, len(_TABLES)):
        table = getattr(tables, _TABLES[number])
        while True:
            page, after = tables.scan_page(table, after)
            if table == tables.directory:
                changed = sum(clean_listing(tables, raw, traces, sweep.started_at) for raw in page)
            else:
                changed = sum(_clean(tables, counts, table, raw, traces, members) for raw in page)
            sweep = replace(sweep, changed=sweep.changed + changed)
            if after is None:
                break
            yield replace(sweep, position=json.dumps([number, *after]))
        yield replace(sweep, position=json.dumps([number + 1]))
        after = None
    for day in archive.days():
        if after is None or day.isoformat() > after.pk:
            changed = archive.rewrite(day, partial(without_people, erased=traces.ids))
            sweep = replace(sweep, changed=sweep.changed + changed)
            yield replace(sweep, position=json.dumps([len(_TABLES), day.isoformat(), ""]))
    yield replace(sweep, position="")


def find_values(tables: Tables, archive: EventArchive, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Search every byte of every table, and of the archived events. Raises `Unavailable`."""
    wanted = [value.lower() for value in values]
    for name in (*_TABLES, "erasures"):
        table, after = getattr(tables, name), None
        while True:
            page, after = tables.scan_page(table, after)
            for raw in page:
                text = text_of(tables, table, raw)
                kind = keys.directory_kind(key_of(raw)) if table == tables.directory else _kind(raw)
                yield from ((f"{name}: {kind}", value) for value in wanted if value in text)
            if after is None:
                break
    for day in archive.days():
        for line in archive.lines(day):
            yield from ((f"archive: {day}", value) for value in wanted if value in line.lower())


def _clean(
    tables: Tables, counts: DynamoCountStore, table: str, raw: Raw, traces: Traces, members: frozenset[str]
) -> int:
    """Clean one item. Returns 1 if it had a trace, even if another writer was faster: the next pass checks again."""
    kind, text = _kind(raw), text_of(tables, table, raw)
    found = Found(tables, raw, text, issuer_of(raw), traces, members)
    if kind == "counts":
        return int(found.is_hit and counts.change(table, raw, partial(without_credentials, ids=traces.ids)))
    if is_new(found, kind):
        return 1
    rule = RULES.get(kind)
    if rule is None:
        if "type" in raw and found.is_hit:
            raise Unavailable(f"There is no rule for erasing from items of the kind {kind}.", code="no_erasure_rule")
        return 0  # a counter, whose key is a hash
    after = rule(found)
    if after == raw:
        return 0
    if after is not None:
        tables.rewrite(table, raw, after)
    elif kind == "visitor_report":
        delete_report(tables, raw)
    elif kind == "dry_run":
        _delete_partition(tables, table, raw)
    else:
        tables.delete(table, key_of(raw))
    return 1


def _delete_partition(tables: Tables, table: str, raw: Raw) -> None:
    """Delete an item with its parts, and itself last."""
    for part in tables.query(table, keys.Range(key_of(raw).pk)):
        if key_of(part) != key_of(raw):
            tables.delete(table, key_of(part))
    tables.delete(table, key_of(raw))


def _members(tables: Tables, targets: Sequence[ErasureTarget]) -> frozenset[str]:
    store = DynamoMemberStore(tables)
    emails = {one.erasure.email for one in targets if one.erasure.email is not None}
    return frozenset(email for email in emails if any(store.issuers_of(email, 1)))


def _kind(raw: Raw) -> str:
    return str(raw.get("type", {}).get("S", ""))


def _parsed(position: str) -> tuple[int, Key | None]:
    if not position:
        return 0, None
    number, *after = json.loads(position)
    return number, keys.Key(*after) if after else None
