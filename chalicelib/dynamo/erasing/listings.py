"""What happens to an item of the directory: the listing of an erased person goes, with all that it left in the index.

The update that follows the deletion of the profile does most of it, usually much earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.directory.ports import Entry
from chalicelib.directory.writing import buffer, updates, writer
from chalicelib.directory.writing.step import Delisting, ListingChange
from chalicelib.dynamo import keys
from chalicelib.dynamo.erasing.contents import text_of
from chalicelib.dynamo.erasing.traces import Traces
from chalicelib.dynamo.stores.directory import codec
from chalicelib.dynamo.stores.directory.writer import DynamoIndexWriter
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.tables import ConditionFailed, Delete, Raw, Tables, key_of
from chalicelib.errors import Unavailable
from chalicelib.tasks.task_queue import Task


@dataclass(frozen=True)
class Indexed:
    """An item of the directory."""

    tables: Tables
    raw: Raw
    traces: Traces
    at: datetime
    """When the search began."""

    def is_hit(self) -> bool:
        """Whether the item has the id of something that was erased. What others say of themselves stays."""
        return self.traces.has_id(text_of(self.tables, self.tables.directory, self.raw))


Rule = Callable[[Indexed], bool]
"""Cleans an item, and returns whether it had a trace."""


def _entry(item: Indexed) -> bool:
    """Delist an erased holder, using everything in their entry; remove the erased credentials from other listings. What
    follows from these, such as skills, the worker reads again."""
    if not item.is_hit():
        return False
    entry = codec.read_entry(item.raw)
    generation, index = keys.directory_generation(key_of(item.raw)), DynamoIndexWriter(item.tables)
    if not _is_kept_up_to_date(index, generation):
        return True
    writer.apply_to(index, generation, [_change(entry, item.traces)])
    if entry.id in item.traces.ids:
        _delete_delisted(item.tables, index, generation, entry.id)
    if entry.id not in item.traces.ids:
        DynamoTaskQueue(item.tables).add([Task(updates.KIND, "", entry.id, item.at)])
    return True


def _is_kept_up_to_date(index: DynamoIndexWriter, generation: str) -> bool:
    """Whether a generation has been loaded. A rebuild that loads one still writes words of each entry that it has
    written, and needs the entry to remove them: the next pass looks again."""
    found = index.generations()
    return found is not None and generation in (found.current, found.previous, found.building)


def _change(entry: Entry, traces: Traces) -> ListingChange:
    if entry.listing is None or entry.id in traces.ids:
        return Delisting(entry.id, entry.version)
    newest = tuple(one for one in entry.listing.newest if one not in traces.ids)
    return replace(entry.listing, version=entry.version, newest=newest)


def _delete_delisted(tables: Tables, index: DynamoIndexWriter, generation: str, holder_id: str) -> None:
    """Delete an entry after all that it leads to."""
    left = index.entries(generation, [holder_id]).get(holder_id)
    if left is not None and left.listing is None and not left.placed:
        _delete_as_read(tables, codec.entry_item(generation, left))


def _delete_as_read(tables: Tables, raw: Raw) -> None:
    with suppress(ConditionFailed):  # another writer has changed it: the next pass looks again
        tables.take(tables.directory, Delete(key_of(raw), "d = :old", {":old": raw["d"]}))


def _card(item: Indexed) -> bool:
    """Delete the card; for another holder, the change of their entry writes it again."""
    found = item.is_hit()
    if found:
        _delete_as_read(item.tables, item.raw)
    return found


def _buffer(item: Indexed) -> bool:
    """Remove the row; the postings go with the entry, which names them as well."""
    rows = codec.read_buffer(item.raw).rows
    ordinals = {row.placed.ordinal for row in rows if row.id in item.traces.ids}
    if ordinals:
        generation = keys.directory_generation(key_of(item.raw))
        buffer.remove(DynamoIndexWriter(item.tables), generation, ordinals)
    return bool(ordinals)


def _updates(item: Indexed) -> bool:
    found = item.is_hit()
    if found:
        item.tables.delete(item.tables.directory, key_of(item.raw))
    return found


def _keep(item: Indexed) -> bool:  # noqa: ARG001 - a rule
    return False


RULES: Mapping[str, Rule] = {
    "HOLDERS": _entry,
    "CARDS": _card,
    "UPDATES": _updates,
    "BUFFER": _buffer,
    # Names, words and ordinals, without an id: they go with the entry, which names all of them. Numbers.
    **dict.fromkeys(("NAMES", "SUGGEST", "PIECE", "SIZE", "GENERATIONS"), _keep),
}
"""By kind of item, as given by its key."""


def clean_listing(tables: Tables, raw: Raw, traces: Traces, at: datetime) -> int:
    """Clean an item of the directory. Returns 1 if it had a trace. Raises `Unavailable`."""
    kind = keys.directory_kind(key_of(raw))
    if kind not in RULES:
        raise Unavailable(f"There is no rule for erasing from {kind} in the directory.", code="no_erasure_rule")
    return int(RULES[kind](Indexed(tables, raw, traces, at)))
