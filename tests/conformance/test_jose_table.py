"""The table of JOSE and did:key vectors in `docs/verification.md`: what is passed, refused and unknown by design."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.errors import Malformed
from chalicelib.verify.keys.did_key import controller_of
from chalicelib.verify.report import Verdict
from tests.conformance.test_did_key import ALL
from tests.conformance.test_sd_jwt import SIGNERS, cases, report_on, source_of
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "verification.md"
HEADER = "| published cases | cases | passed | refused | unknown by design | tampered copies | of these passed |"
FEATURES = {
    "credential_jose": "credentials in JOSE",
    "credential_sdjwt": "credentials in SD-JWT",
    "presentation_jose": "presentations in JOSE",
    "presentation_sdjwt": "presentations in SD-JWT",
}
STEP = 7
"""One of this many characters of a token is changed in a copy of its own."""


class Row(NamedTuple):
    """The outcomes of all cases of one kind."""

    kind: str
    outcomes: list[str]
    tampered: list[str]

    def __str__(self) -> str:
        counts = [self.outcomes.count(outcome) for outcome in ("passed", "refused", "unknown")]
        numbers = [len(self.outcomes), *counts, len(self.tampered), self.tampered.count("passed")]
        return " | ".join([f"| {self.kind}", *map(str, numbers)]) + " |"


def outcome(number: int, case: dict[str, Any], source: bytes) -> str:
    keys = [case["key"], *(f"keys/{name}.json" for name in SIGNERS.get(number, ()))]
    verdict = report_on(source, *keys).verdict
    return {Verdict.VALID: "passed", Verdict.UNKNOWN: "unknown"}.get(verdict, "refused")


def changed(source: bytes) -> Iterator[bytes]:
    """Yield copies of a token with one character replaced."""
    for index in range(0, len(source), STEP):
        byte = source[index : index + 1]
        yield source[:index] + (b"A" if byte != b"A" else b"B") + source[index + 1 :]


def rows() -> list[Row]:
    listed = vectors.load("vc-jose-cose/cases.json")["cases"]
    found = []
    for feature, kind in FEATURES.items():
        row = Row(kind, [], [])
        for case in (case for case in listed if case["feature"].replace("-", "") == feature):
            source = source_of(case)
            row.outcomes.append(outcome(case["number"], case, source))
            if row.outcomes[-1] == "passed":
                row.tampered.extend(outcome(case["number"], case, copy) for copy in changed(source))
        found.append(row)
    keys = Row("`did:key` identifiers", ["passed" if key is not None else "unknown" for _, key in ALL], [])
    for did in (did for did, key in ALL if key is not None):
        keys.tampered.extend(_key_of(did, index) for index in range(len("did:key:"), len(did), STEP))
    return [*found, keys]


def _key_of(did: str, index: int) -> str:
    """The outcome for ``did`` with another character at ``index``: another key must never be read as the same one."""
    other = did[:index] + ("2" if did[index] != "2" else "3") + did[index + 1 :]
    try:
        [method] = controller_of(other).methods
        return "passed" if method.usable_key() == controller_of(did).methods[0].usable_key() else "refused"
    except Malformed:
        return "refused"


def test_the_documented_table_is_what_the_checks_say() -> None:
    lines = DOCUMENTATION.read_text("utf-8").splitlines()
    start = lines.index(HEADER) + 2
    assert lines[start : lines.index("", start)] == [str(row) for row in rows()]


def test_every_case_but_those_in_cose_is_in_the_table() -> None:
    listed = vectors.load("vc-jose-cose/cases.json")["cases"]
    other = {case["feature"] for case in listed if case["feature"].replace("-", "") not in FEATURES}
    assert all("cose" in feature for feature in other), other
    assert len(cases()) + len(cases("presentation_")) == len(listed)
