"""The table of Data Integrity vectors in `docs/verification.md`: what is passed, refused and unknown by design."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Outcome
from tests import makers
from tests.conformance.mutation import one_value_edits
from tests.verify.canonical import vectors

pytestmark = [vectors.needs_vectors, pytest.mark.xdist_group("table")]

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "verification.md"
HEADER = "| vectors | documents | passed | refused | unknown by design | tampered copies | of these passed |"
FOLDERS = ("vc-di-eddsa/TestVectors", "vc-di-ecdsa/TestVectors")
NAMES = ("signed*.json", "addSigned*.json", "derivedRevealDocument.json")
"""Files with a document and its proofs; the others are steps on the way there."""


class Row(NamedTuple):
    """The outcomes of check 4 (or the check before it that did not pass) for all documents of one kind."""

    kind: str
    outcomes: list[Outcome]
    tampered: list[Outcome]

    def __str__(self) -> str:
        counts = [self.outcomes.count(outcome) for outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN)]
        numbers = [len(self.outcomes), *counts, len(self.tampered), self.tampered.count(Outcome.PASSED)]
        return " | ".join([f"| {self.kind}", *map(str, numbers)]) + " |"


def outcome(document: dict[str, Any]) -> tuple[Outcome, str]:
    """Return the outcome and code of check 4, or of the check before it that did not pass."""
    report = verify(makers.as_bytes(document), resolver=makers.FakeResolver().resolver(), now=makers.NOW)
    decided = next((one for one in report.findings[:4] if one.outcome is not Outcome.PASSED), report.findings[3])
    return decided.outcome, decided.code


def kind_of(path: Path, document: dict[str, Any]) -> str:
    proof = document["proof"]
    if isinstance(proof, list):
        return "proof chains" if any("previousProof" in one for one in proof) else "proof sets"
    suite = proof.get("cryptosuite", proof["type"])
    if suite == "ecdsa-sd-2023":
        return f"`{suite}`, {'base' if path.name.startswith('add') else 'derived'} proofs"
    curve = next((f", {name}" for name in ("P-256", "P-384") if name.replace("-", "").lower() in str(path)), "")
    return f"`{suite}`{curve}"


def rows() -> list[Row]:
    """Judge every signed document, and copies of it with one value changed."""
    found: dict[str, Row] = {}
    paths = {path for folder in FOLDERS for name in NAMES for path in vectors.files(f"{folder}/**/{name}")}
    for path in sorted(paths):
        document = vectors.load(path)
        kind = kind_of(path, document)
        row = found.setdefault(kind, Row(kind, [], []))
        row.outcomes.append(outcome(document)[0])
        row.tampered.extend(outcome(edited)[0] for _, edited in one_value_edits(document))
    return [found[kind] for kind in sorted(found)]


def documented() -> list[str]:
    lines = DOCUMENTATION.read_text("utf-8").splitlines()
    start = lines.index(HEADER) + 2
    return lines[start : lines.index("", start)]


def test_the_documented_table_of_vectors_is_what_the_checks_say() -> None:
    assert documented() == [str(row) for row in rows()]


def test_only_what_is_documented_is_unknown_by_design() -> None:
    documents = [vectors.load(path) for folder in FOLDERS for path in vectors.files(f"{folder}/**/addSigned*.json")]
    assert {outcome(document) for document in documents} == {(Outcome.UNKNOWN, "base_proof")}
