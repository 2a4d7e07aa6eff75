"""How often the intended person is among the first ten, beside SQLite FTS5 with trigrams and tantivy."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.directory.costs import _misspelt
from benchmarks.directory.people import NOW
from benchmarks.line import Line
from benchmarks.peers import ROOT, PeerMissing
from chalicelib.directory import text
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Ports
from chalicelib.directory.query.query import read_query
from chalicelib.directory.search import SearchRequest, search

JUDGED = 500
_FIRST = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What someone looking for a name types, and everyone with that name."""

    kind: str
    typed: str
    meant: frozenset[str]


def judged(people: Sequence[Listing]) -> list[Judged]:
    """Names that at most `_FIRST` people have, so that finding all of them is possible."""
    random, found = Random(3), []
    named: dict[frozenset[str], set[str]] = {}
    for one in people:
        named.setdefault(text.indexed_words(one.name), set()).add(one.id)
    rare = [one for one in people if len(named[text.indexed_words(one.name)]) <= _FIRST]
    kinds = ("exact", "prefix", "typo", "accents", "swapped", "cjk")
    for number in range(JUDGED):
        kind = kinds[number % len(kinds)]
        fitting = [one for one in rare if _fits(kind, one.name)] or rare
        person = random.choice(fitting)
        found.append(Judged(kind, _typed(kind, person.name, random), frozenset(named[text.indexed_words(person.name)])))
    return found


def _fits(kind: str, name: str) -> bool:
    match kind:
        case "cjk":
            return not name.isascii() and " " not in name
        case "accents":
            return not name.isascii() and " " in name
        case "typo":
            return " " in name and len(name.rsplit(maxsplit=1)[-1]) > 5
        case _:
            return " " in name


def _typed(kind: str, name: str, random: Random) -> str:
    words = name.split()
    match kind:
        case "prefix":
            return " ".join([*words[:-1], words[-1][: max(3, len(words[-1]) - 2)]])
        case "typo":
            return " ".join([*words[:-1], _misspelt(words[-1].lower(), random)])
        case "accents":
            return text.fold(name)
        case "swapped":
            return " ".join(reversed(words))
        case _:
            return name


def lines(people: Sequence[Listing], ports: Ports, size: int) -> Iterator[Line]:
    queries = judged(people)
    own = [_search(ports, query.typed) for query in queries]
    peers: dict[str, list[list[str]]] = {"SQLite FTS5 trigram": list(_sqlite(people, queries))}
    peers.update(_tantivy(people, queries))
    for kind in (None, *dict.fromkeys(query.kind for query in queries)):
        name = f"directory/{size}/recall-at-10/{kind or 'all'}"
        value = _recall(queries, own, kind)
        for peer, found in peers.items():
            yield Line(name, value, "share", peer=peer, peer_value=_recall(queries, found, kind))


def _recall(queries: Sequence[Judged], found: Sequence[Sequence[str]], kind: str | None) -> float:
    shares = [
        len(query.meant & set(ids[:_FIRST])) / len(query.meant)
        for query, ids in zip(queries, found, strict=True)
        if kind in (None, query.kind)
    ]
    return sum(shares) / len(shares)


def _search(ports: Ports, typed: str) -> list[str]:
    page = search(SearchRequest(read_query(typed, ()), limit=_FIRST), ports, NOW)
    return [hit.listing.id for hit in page.hits]


def document(one: Listing) -> Mapping[str, str]:
    """What the peers index of a listing."""
    other = [one.headline, *(achievement.name for achievement in one.achievements), *one.skills]
    return {"id": one.id, "name": text.fold(one.name), "other": text.fold(" ".join(other))}


def _sqlite(people: Sequence[Listing], queries: Sequence[Judged]) -> Iterator[list[str]]:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE people USING fts5(id UNINDEXED, name, other, tokenize='trigram')")
    base.executemany("INSERT INTO people VALUES (:id, :name, :other)", map(document, people))
    for query in queries:
        folded = text.fold(query.typed)
        trigrams = {word[at : at + 3] for word in folded.split() for at in range(max(0, len(word) - 2))}
        quoted = " OR ".join('"' + one.replace('"', '""') + '"' for one in sorted(trigrams))
        if quoted:
            asked = "SELECT id FROM people WHERE people MATCH ? ORDER BY bm25(people, 0, 10, 1), rowid DESC LIMIT 10"
            yield [row[0] for row in base.execute(asked, (quoted,))]
        else:  # the tokenizer cannot find what is shorter than three characters, so its users compare
            asked = "SELECT id FROM people WHERE name LIKE ? ORDER BY rowid DESC LIMIT 10"
            yield [row[0] for row in base.execute(asked, (f"%{folded}%",))]


def _tantivy(people: Sequence[Listing], queries: Sequence[Judged]) -> dict[str, list[list[str]]]:
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.exists():
        raise PeerMissing("tantivy is not here: run `make bench`, which installs it")
    request = {"people": [dict(document(one)) for one in people], "typed": [text.fold(one.typed) for one in queries]}
    command = [python, ROOT / "benchmarks" / "directory" / "tantivy_peer.py"]
    done = subprocess.run(command, input=json.dumps(request), stdout=subprocess.PIPE, text=True, check=True)
    answer = json.loads(done.stdout)
    return {f"tantivy {answer['version']}": answer["found"]}
