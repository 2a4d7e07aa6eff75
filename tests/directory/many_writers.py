"""Many writers at once, as after an import: they change the same people, and follow each change with an update."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import IndexWriter
from chalicelib.directory.writing.step import Delisting, ListingChange
from chalicelib.directory.writing.writer import apply
from chalicelib.errors import Unavailable
from tests.directory.makers import NOW

CHANGES = 4
"""Changes that each writer makes, each of up to four people."""
LAST = ("Meijer", "Visser", "Mulder", "Jansen", "O'Brien", "Okafor")
SKILLS = ("Python", "Project management", "Welding", "C#", "Data analysis")


@dataclass
class Source:
    """What is stored of each person, which the writers change, and the updates that follow, as in `updates`."""

    writer: IndexWriter
    listings: dict[str, Listing] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, one: str, random: Random) -> None:
        with self.lock:
            if random.random() < 0.3:
                self.listings.pop(one, None)
            else:
                self.listings[one] = made(one, random)

    def read(self, ids: list[str]) -> list[ListingChange]:
        numbers = {one: self.writer.next_version(one) for one in ids}
        with self.lock:
            found = {one: self.listings.get(one) for one in ids}
        return [
            replace(listing, version=numbers[one]) if (listing := found[one]) else Delisting(one, numbers[one])
            for one in ids
        ]

    def now(self) -> Iterator[Listing]:
        versions = self.writer.versions(self.listings)
        return (replace(listing, version=versions[one]) for one, listing in self.listings.items())


def made(one: str, random: Random) -> Listing:
    return Listing(
        one,
        0,
        NOW + timedelta(minutes=random.randrange(3)),
        f"{random.choice(('Ada', 'Bo', 'Zoë'))} {random.choice(LAST)}",
        headline=random.choice(("Painter", "Senior welder", "")),
        place=random.choice(("Rotterdam, Netherlands", "Lagos, Nigeria")),
        skills=tuple(random.sample(SKILLS, random.randrange(3))),
        achievements=(Named("welding", "Certified Welder"),),
        credentials=random.randrange(4),
    )


def write(source: Source, seed: int, people: int, barrier: threading.Barrier) -> None:
    random = Random(seed)
    barrier.wait()
    late: list[ListingChange] = []
    for _ in range(CHANGES):
        ids = [f"holder-{number}" for number in random.sample(range(people), random.randint(1, 4))]
        for one in ids:
            source.change(one, random)
        if not late and random.random() < 0.5:
            late = source.read(ids)  # and writes it only after all that follows
        update(source, [*ids, *random.choices(ids, k=random.randrange(2))], random)
    apply(source.writer, random.sample(late, len(late)))


def update(source: Source, ids: list[str], random: Random) -> None:
    """As a function that is called again until it succeeds."""
    done = False
    while not done:
        changes = source.read(list(dict.fromkeys(ids)))
        time.sleep(random.choice((0, 0, 0.01, 0.05)))
        with suppress(Unavailable):
            apply(source.writer, changes)
            done = True


def run(source: Source, seed: int, writers: int) -> None:
    """Let all ``writers`` work at the same time, on fewer people, so that they meet."""
    barrier, people = threading.Barrier(writers), writers * 3 // 4
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(lambda number: write(source, seed * writers + number, people, barrier), range(writers)))
