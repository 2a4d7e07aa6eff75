"""Read and write units of searches and changes, as DynamoDB Local reports them. Nothing is cached between requests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from threading import Lock, local
from typing import Any, Protocol

from benchmarks.directory.people import NOW, People
from benchmarks.line import Line
from benchmarks.rounds import progress
from chalicelib.directory import text
from chalicelib.directory.index.build import Builder
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Ports
from chalicelib.directory.query.query import MAX_WORDS, Order, Query, read_query
from chalicelib.directory.search import Page, SearchRequest, search
from chalicelib.directory.writing.rebuild import Stage, rebuild
from chalicelib.directory.writing.writer import apply
from chalicelib.dynamo.stores.directory.reader import DynamoIndexReader
from chalicelib.dynamo.stores.directory.writer import DynamoIndexWriter
from chalicelib.dynamo.tables import Tables

QUERIES = 200
CREATED = 200
BUFFERED = 8
"""Listings in the write buffer while searches are measured: on average it is half full."""
GENERATION = "6a0c1b2d"
"""As long as one that `laurel directory rebuild` makes: each key begins with it."""
CARD = 0.5
READ_PRICE = 0.125
"""Dollars for a million read units on demand in us-east-1 (Amazon DynamoDB pricing, November 2026: from memory)."""


class Client(Protocol):
    """What this needs of a client of botocore."""

    meta: Any


class Written:
    """Counts the write units of a client, and the processor time of its calls."""

    def __init__(self, client: Client) -> None:
        self.units = 0.0
        self.seconds = 0.0
        """Processor seconds between a call and its parsed response, of all threads."""
        self._begun, self._lock = local(), Lock()
        events = client.meta.events
        events.register("provide-client-params.dynamodb", self._begin)
        events.register("after-call.dynamodb", self._end)
        for operation in ("PutItem", "DeleteItem", "UpdateItem", "BatchWriteItem"):
            events.register(f"provide-client-params.dynamodb.{operation}", _measured)
            events.register(f"after-call.dynamodb.{operation}", self._count)

    def _begin(self, **_: object) -> None:
        self._begun.at = time.thread_time()

    def _end(self, **_: object) -> None:
        with self._lock:
            self.seconds += time.thread_time() - self._begun.at

    def _count(self, parsed: dict[str, Any], **_: object) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        self.units += sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))


def _measured(params: dict[str, Any], **_: object) -> dict[str, Any]:
    return {**params, "ReturnConsumedCapacity": "TOTAL"}


def lines(tables: Tables, people: People, listings: Sequence[Listing]) -> Iterator[Line]:
    """Everything that is measured with ``listings``, which ``people`` has made."""
    size, written = len(listings), Written(tables.client)
    writer = DynamoIndexWriter(tables)
    name = f"directory/{size}"
    yield from _rebuild(writer, listings, written, name)
    for number in range(BUFFERED):
        apply(writer, [people.person(size + number, NOW)])
    ports = Ports(DynamoIndexReader(tables), lambda _: b"secret" * 6, lambda listings: listings)
    random = Random(5)
    for label, made, options in _searches(listings, random):
        progress(f"{size}: {label}")
        yield from _measure(f"{name}/{label}", [made() for _ in range(QUERIES)], ports, options)
    yield from _changes(writer, people, size, written, name)


def _rebuild(writer: DynamoIndexWriter, listings: Sequence[Listing], written: Written, name: str) -> Iterator[Line]:
    start, own_start, engine_start = time.perf_counter(), time.process_time(), _engine_seconds()
    ended: dict[Stage, float] = {}
    for one in rebuild(writer, lambda: listings, GENERATION):
        ended[one.stage] = time.perf_counter()
        if one.done % 10_000 == 0:
            progress(f"{one.stage}: {one.done}")
    seconds = time.perf_counter() - start
    own_seconds, engine_seconds = time.process_time() - own_start, _engine_seconds() - engine_start
    own = 3 * len(listings)
    yield Line(f"{name}/rebuild/index", (written.units - own) / len(listings), "write units per listing")
    yield Line(f"{name}/rebuild/all", written.units / len(listings), "write units per listing")
    index_seconds = ended[Stage.INDEX] - ended[Stage.WRITE] + _building_seconds(listings)
    yield Line(f"{name}/rebuild/index/rate", len(listings) / index_seconds, "listings per second, built and written")
    yield Line(f"{name}/rebuild/rate", len(listings) / seconds, "listings per second")
    yield Line(
        f"{name}/rebuild/rate/own",
        len(listings) / (own_seconds - written.seconds),
        "listings per second of Laurel's processor time, without calls to AWS",
    )
    yield Line(f"{name}/rebuild/cpu/laurel", own_seconds / len(listings) * 1e6, "microseconds per listing")
    yield Line(f"{name}/rebuild/cpu/engine", engine_seconds / len(listings) * 1e6, "microseconds per listing")


def _building_seconds(listings: Sequence[Listing]) -> float:
    """The time that collecting the postings takes, which a rebuild does while it writes people."""
    builder, start = Builder(), time.perf_counter()
    for ordinal, listing in enumerate(listings):
        builder.add(ordinal, listing)
    return time.perf_counter() - start


def _engine_seconds() -> float:
    """Seconds of CPU that DynamoDB Local has used (`/proc/<pid>/stat`, fields 14 and 15)."""
    fields = Path("/proc", os.environ["LAUREL_DYNAMODB_LOCAL_PID"], "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


Made = Callable[[], Query]


def _searches(people: Sequence[Listing], random: Random) -> Iterator[tuple[str, Made, dict[str, bool]]]:
    def person() -> Listing:
        return random.choice(people)

    def query(typed: str = "", filters: Sequence[tuple[str, str]] = (), order: Order | None = None) -> Query:
        return read_query(" ".join(text.searched_words(typed)[:MAX_WORDS]), filters, order)

    def two(order: Order | None = None) -> Query:
        """Two filters; half of them fit one person, so that both frequent and empty combinations occur."""
        one = person()
        other = one if random.random() < 0.5 else person()
        kinds = random.sample(("skill", "achievement", "issuer", "place", "language", "open_to"), 2)
        return query("", [_condition(kind, who) for kind, who in zip(kinds, (one, other), strict=True)], order)

    def prefix() -> Query:
        word = random.choice(text.searched_words(person().name))
        return query(word[: random.choice((2, 3, 4, 5))])

    def typo() -> Query:
        long = [word for word in text.searched_words(person().name) if text.may_have_typo(word)]
        return query(_misspelt(random.choice(long), random)) if long else typo()

    yield "everyone", query, {}
    yield "two-filters", two, {}
    yield "name-prefix", prefix, {}
    yield "one-typo", typo, {}
    yield "full-name", lambda: query(person().name), {}
    yield "skill-and-words", lambda: query(person().name.split()[0], [_condition("skill", person())]), {}
    yield "total", two, {"total": True}
    yield "total-and-facets", two, {"total": True, "facets": True}
    for order in (Order.NAME, Order.CREDENTIALS):
        yield f"by-{order}", lambda order=order: two(order), {}  # type: ignore[misc] # bound now


def _condition(kind: str, who: Listing) -> tuple[str, str]:
    found = {
        "skill": who.skills,
        "achievement": [one.id for one in who.achievements],
        "issuer": [one.id for one in who.issuers],
        "place": [who.place.split(", ")[1]],
        "language": who.languages,
        "open_to": who.open_to or ("mentoring",),
    }[kind]
    return kind, found[0]


def _misspelt(word: str, random: Random) -> str:
    at = random.randrange(len(word) - 1)
    middle = random.choice(("", "x", word[at + 1] + word[at], word[at] + "x"))
    return word[:at] + middle + word[at + len(middle or "x") :]


def _measure(bench: str, queries: Sequence[Query], ports: Ports, options: dict[str, bool]) -> Iterator[Line]:
    index, whole, times = [], [], []
    for query in queries:
        start = time.perf_counter()
        page: Page = search(SearchRequest(query, **options), ports, NOW)
        times.append((time.perf_counter() - start) * 1_000)
        whole.append(page.units)
        index.append(page.units - CARD * len(page.hits))
    milliseconds = _percentile(times, 50), _percentile(times, 99)
    if not options:
        yield Line(f"{bench}/index/p99", _percentile(index, 99), "read units", *milliseconds)
    yield Line(f"{bench}/p50", _percentile(whole, 50), "read units")
    yield Line(f"{bench}/p99", _percentile(whole, 99), "read units", *milliseconds)
    yield Line(f"{bench}/max", max(whole), "read units")
    yield Line(f"{bench}/price", sum(whole) / len(whole) * READ_PRICE, "dollars per million searches")


def _percentile(values: Sequence[float], percent: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def _changes(writer: DynamoIndexWriter, people: People, size: int, written: Written, name: str) -> Iterator[Line]:
    """Create listings until the write buffer is empty, so that all that they cost has been paid."""
    number = size * 2
    for batch in (1, 25, 100):
        before, first = written.units, number
        while number - first < max(CREATED, batch * 3) or writer.buffer(GENERATION).rows:
            apply(writer, [people.person(number + one, NOW) for one in range(batch)])
            number += batch
        units = (written.units - before) / (number - first)
        yield Line(f"{name}/create/batches-of-{batch}", units, "write units per listing")
