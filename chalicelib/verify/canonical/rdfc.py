"""RDF Dataset Canonicalization, RDFC-1.0 (https://www.w3.org/TR/rdf-canon/), with a budget.

In most credentials every blank node has a unique first-degree hash, and canonicalisation is a sort. Only nodes with
equal hashes need the N-degree step, which is exponential in the worst case: its steps are counted, and it stops early
with `canonical_budget`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Final, Protocol

from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.quads import Quad, Quads
from chalicelib.verify.canonical.work import QUAD, STEP, Work

BUDGET: Final = 12_000
"""Steps of the N-degree part: one for each node hashed, related node visited and node placed in a permutation. The
specification's largest example badge needs 100, the most expensive solvable case of the W3C suite 6,636; the whole
budget takes 20 ms."""
MAX_RECURSION: Final = 100  # of the N-degree step; well below the interpreter's own limit


class Hash(Protocol):
    """A finished hash."""

    def digest(self) -> bytes: ...

    def hexdigest(self) -> str: ...


Digest = Callable[[bytes], Hash]


def canonicalize(
    quads: Quads, *, budget: int = BUDGET, digest: Digest = hashlib.sha256, work: Work | None = None
) -> bytes:
    """Return ``quads`` as canonical N-Quads: labelled, without duplicates, sorted by code point.

    :raises CanonicalError: ``canonical_budget`` when labelling takes more than ``budget`` steps, ``too_much_at_once``.
    """
    return "".join(labelled(quads, issue(quads, budget=budget, digest=digest, work=work))).encode()


def labelled(quads: Quads, labels: Mapping[str, str]) -> list[str]:
    """Return ``quads`` as sorted lines of N-Quads without duplicates; ``labels`` names every blank node."""
    lines = [_line(quad, labels) for quad in quads.links]
    lines += quads.ground
    for node, facts in quads.facts.items():
        lines += [labels[node] + fact for fact in facts]
    return _sorted_unique(lines)


def _sorted_unique(lines: list[str]) -> list[str]:
    """Sort ``lines`` and drop duplicates; a set would be slower, because it hashes every line."""
    return [line for line, _ in groupby(sorted(lines))]


def issue(
    quads: Quads, *, budget: int = BUDGET, digest: Digest = hashlib.sha256, work: Work | None = None
) -> dict[str, str]:
    """Return the issued identifiers map: blank node to canonical label, both in N-Quads notation (4.4.3).

    :raises CanonicalError: ``canonical_budget``, ``too_much_at_once``.
    """
    work = work or Work()
    work.spend(QUAD * len(quads))
    if not quads.links and len(quads.facts) == 1:  # a single blank node, as in the options of a proof
        return dict.fromkeys(quads.facts, "_:c14n0")
    labelling = _Labelling(quads, budget, digest)
    try:
        return labelling.run()
    finally:
        work.left -= STEP * (budget - labelling.budget)


def _line(quad: Quad, labels: Mapping[str, str]) -> str:
    subject, predicate, object_, graph = quad
    end = f" {labels.get(graph, graph)} .\n" if graph else " .\n"
    return f"{labels.get(subject, subject)}{predicate}{labels.get(object_, object_)}{end}"


Mentions = dict[str, list[str]]
Relations = dict[str, list[Quad]]


def _first_degree_lines(quads: Quads) -> tuple[Mentions, Relations]:
    """Return, per blank node, the quads that mention it, and those that also mention another blank node.

    In the first, the node itself is written _:a and every other blank node _:z (4.6.3).
    """
    lines = {node: [f"_:a{fact}" for fact in _sorted_unique(facts)] for node, facts in quads.facts.items() if facts}
    relations: Relations = {}
    for quad in dict.fromkeys(quads.links):
        subject, predicate, object_, graph = quad
        if not graph and subject[0] != "_":  # by far the most frequent case: an unnamed object in a named one
            lines.setdefault(object_, []).append(f"{subject}{predicate}_:a .\n")
            continue
        source = "_:z" if subject[0] == "_" else subject
        target = "_:z" if object_[0] == "_" else object_
        end = " _:z .\n" if graph[:1] == "_" else f" {graph} .\n" if graph else " .\n"
        nodes = {part for part in (subject, object_, graph) if part[:1] == "_"}
        for node in nodes:
            lines.setdefault(node, []).append(
                ("_:a" if node == subject else source)
                + predicate
                + ("_:a" if node == object_ else target)
                + (" _:a .\n" if node == graph else end)
            )
            if len(nodes) > 1:
                relations.setdefault(node, []).append(quad)
    return lines, relations


class _Issuer:
    """Issues labels in order (4.5)."""

    __slots__ = ("labels", "prefix")

    def __init__(self, prefix: str, labels: dict[str, str]) -> None:
        self.prefix = prefix
        self.labels = labels

    def issue(self, node: str) -> str:
        label = self.labels.get(node)
        if label is None:
            label = self.labels[node] = f"{self.prefix}{len(self.labels)}"
        return label

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, dict(self.labels))


class _Labelling:
    """One run of the algorithm of 4.4.3."""

    __slots__ = ("budget", "canonical", "digest", "first_degree", "hashes", "quads", "related", "relations")

    def __init__(self, quads: Quads, budget: int, digest: Digest) -> None:
        self.quads = quads
        self.budget = budget
        self.digest = digest
        self.canonical = _Issuer("_:c14n", {})
        self.first_degree: dict[str, str] = {}
        self.hashes: dict[str, str] = {}
        self.relations: Relations = {}
        self.related: dict[str, list[tuple[str, str]]] = {}

    def run(self) -> dict[str, str]:
        lines, self.relations = _first_degree_lines(self.quads)
        if len(lines) == 1:
            return dict.fromkeys(lines, "_:c14n0")
        by_hash: dict[str, list[str]] = {}
        for node, mentions in lines.items():
            mentions.sort()
            hash_ = self.first_degree[node] = self.digest("".join(mentions).encode()).hexdigest()
            by_hash.setdefault(hash_, []).append(node)
        groups = [by_hash[hash_] for hash_ in sorted(by_hash)]
        for nodes in groups:
            if len(nodes) == 1:
                self.canonical.issue(nodes[0])
        if len(groups) < len(lines):
            for nodes in groups:
                if len(nodes) > 1:
                    self.label_equal_hashes(nodes)
        return self.canonical.labels

    def related_to(self, node: str) -> list[tuple[str, str]]:
        """Return blank nodes that share a quad with ``node``, with position and, unless a graph, predicate (4.8.3)."""
        related = self.related.get(node)
        if related is None:
            related = self.related[node] = []
            for subject, predicate, object_, graph in self.relations.get(node, ()):
                parts = (subject, f"s{predicate.strip()}"), (object_, f"o{predicate.strip()}"), (graph, "g")
                related += [(part, position) for part, position in parts if part[:1] == "_" and part != node]
        return related

    def label_equal_hashes(self, nodes: list[str]) -> None:
        """Label nodes with the same first-degree hash (4.4.3 step 5)."""
        results = []
        for node in nodes:
            if node not in self.canonical.labels:
                issuer = _Issuer("_:b", {})
                issuer.issue(node)
                results.append(self.hash_n_degree(node, issuer, 1))
        for _, issuer in sorted(results, key=lambda result: result[0]):
            for node in issuer.labels:
                self.canonical.issue(node)

    def hash_related(self, related: str, position: str, issuer: _Issuer) -> str:
        """Hash Related Blank Node (4.7.3)."""
        label = self.canonical.labels.get(related) or issuer.labels.get(related) or self.first_degree[related]
        text = f"{position}{label}"
        hash_ = self.hashes.get(text)  # embedded proofs share many of these texts
        if hash_ is None:
            hash_ = self.hashes[text] = self.digest(text.encode()).hexdigest()
        return hash_

    def hash_n_degree(self, node: str, issuer: _Issuer, depth: int) -> tuple[str, _Issuer]:
        """Hash N-Degree Quads (4.8.3): the hash of the surroundings of ``node``, and the labels issued."""
        if depth > MAX_RECURSION:
            raise _budget_exceeded()
        by_hash: dict[str, list[str]] = {}
        for related, position in self.related_to(node):
            self.spend(1)
            by_hash.setdefault(self.hash_related(related, position, issuer), []).append(related)
        data = []
        for hash_, nodes in sorted(by_hash.items()):
            path, issuer = self.shortest_path(nodes, issuer, depth)
            data += [hash_, path]
        self.spend(1)
        return self.digest("".join(data).encode()).hexdigest(), issuer

    def shortest_path(self, nodes: list[str], issuer: _Issuer, depth: int) -> tuple[str, _Issuer]:
        """Return the smallest path over all permutations of ``nodes``, and its labels (4.8.3 step 5)."""
        best: tuple[str, _Issuer] | None = None
        for order in distinct_permutations(nodes):
            self.spend(len(order))
            candidate = self.path(order, issuer.copy(), depth, best[0] if best else "")
            if best is None or (candidate is not None and candidate[0] < best[0]):
                best = candidate
        return best or ("", issuer)

    def path(self, order: list[str], issuer: _Issuer, depth: int, best: str) -> tuple[str, _Issuer] | None:
        """Return the path for ``order``, or None as soon as it cannot be smaller than ``best``."""
        path, unlabelled = "", []
        for node in order:
            label = self.canonical.labels.get(node)
            if label is None:
                if node not in issuer.labels:
                    unlabelled.append(node)
                label = issuer.issue(node)
            path += label
            if best and len(path) >= len(best) and path > best:
                return None
        for node in unlabelled:
            hash_, deeper = self.hash_n_degree(node, issuer, depth + 1)
            path += f"{issuer.issue(node)}<{hash_}>"
            issuer = deeper
            if best and len(path) >= len(best) and path > best:
                return None
        return path, issuer

    def spend(self, steps: int) -> None:
        self.budget -= steps
        if self.budget < 0:
            raise _budget_exceeded()


def _budget_exceeded() -> CanonicalError:
    return CanonicalError("The document's unnamed objects are too interlinked to tell apart.", code="canonical_budget")


def distinct_permutations(items: list[str]) -> Iterator[list[str]]:
    """Yield every distinct permutation of ``items``, in lexicographic order."""
    order = sorted(items)
    while True:
        yield order
        pivot = len(order) - 2
        while pivot >= 0 and order[pivot] >= order[pivot + 1]:
            pivot -= 1
        if pivot < 0:
            return
        swap = len(order) - 1
        while order[swap] <= order[pivot]:
            swap -= 1
        order = order.copy()
        order[pivot], order[swap] = order[swap], order[pivot]
        order[pivot + 1 :] = reversed(order[pivot + 1 :])
