"""A second oracle: openvc-core (PyPI) and Laurel agree on the corpus, except where this table explains why not.

docs/verification.md prints the table.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.laurel import CASES, ERROR
from tests.verify.canonical import oracle

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-bench" / "bin" / "python"


def _is_installed() -> bool:
    if not PYTHON.exists():
        return False
    done = subprocess.run([PYTHON, "-c", "import openvc.verify, pyld"], capture_output=True, check=False)
    return done.returncode == 0


pytestmark = pytest.mark.skipif(
    not _is_installed(), reason="NO PEER: needs `make bench`'s environment, so openvc-core was not asked"
)


@dataclass(frozen=True)
class Disagreement:
    """Cases on which the two differ for one reason."""

    reason: str
    accepted_by_openvc: bool
    prefixes: tuple[str, ...]


DISAGREEMENTS = (
    Disagreement(
        "openvc-core leaves the data model and the schema of Open Badges to its caller", True, ("structure-", "badge-")
    ),
    Disagreement("openvc-core accepts any context in a document whose JSON is signed", True, ("context-",)),
    Disagreement(
        "openvc-core tolerates 60 seconds after an end date; Laurel tolerates them for start dates only",
        True,
        ("dates-after-end", "dates-offset-after-end"),
    ),
    Disagreement("openvc-core accepts a proof that is dated in the future", True, ("proof-from-the-future",)),
    Disagreement(
        "openvc-core accepts a key of small order, for which one signature fits every message",
        True,
        ("key-of-small-order",),
    ),
    Disagreement(
        "openvc-core does not look for the proof that `previousProof` names", True, ("chain-previous-missing",)
    ),
    Disagreement(
        "openvc-core reads the claim `vc` only, and ignores a credential beside it or a type that rules it out",
        True,
        ("token-v1-type-of-v2", "token-vc-and-credential"),
    ),
    Disagreement(
        "openvc-core does not ask whether a holder may have left out the status", True, ("sd-status-withheld",)
    ),
    Disagreement(
        "openvc-core reads tokens of VC Data Model 1.1 only, with the claims `iss` and `vc`",
        False,
        ("valid-token-", "valid-enveloped"),
    ),
    Disagreement("openvc-core has no JWS in JSON and no proof sets", False, ("valid-jws-", "valid-proof-set")),
    Disagreement("openvc-core requires a fragment after a `did:key`", False, ("valid-key-without-fragment",)),
)
NOT_COMPARED = ("json-",)
"""It takes a parsed document, so the faults of JSON are its caller's."""


@cache
def compared() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return each case that both support, with openvc-core's answer."""
    cases, items = {}, []
    for folder in sorted(CASES.iterdir()):
        case = json.loads((folder / "case.json").read_bytes())
        is_text = not case["file"].endswith((".png", ".svg"))
        if (
            is_text
            and not case["web"]
            and not case["options"]
            and case["verdict"] != ERROR
            and not folder.name.startswith(NOT_COMPARED)
        ):
            cases[folder.name] = case
            items.append({"source": (folder / case["file"]).read_text(), "now": case["now"]})
    script = ROOT / "tools" / "peer" / "openvc_verify.py"
    done = subprocess.run(
        [PYTHON, script],
        input=json.dumps({"documents": oracle.DOCUMENTS, "items": items}),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return {name: (case, answer) for (name, case), answer in zip(cases.items(), json.loads(done.stdout), strict=True)}


def explained(name: str, *, accepted: bool) -> bool:
    return any(name.startswith(each.prefixes) for each in DISAGREEMENTS if each.accepted_by_openvc is accepted)


def test_both_agree_except_where_the_table_explains_it() -> None:
    different = {name: answer for name, (case, answer) in compared().items() if answer["accepted"] != case["valid"]}
    assert {
        name: answer for name, answer in different.items() if not explained(name, accepted=answer["accepted"])
    } == {}


@pytest.mark.parametrize("row", DISAGREEMENTS, ids=lambda row: row.prefixes[0])
def test_every_row_of_the_table_still_has_a_case(row: Disagreement) -> None:
    different = [name for name, (case, answer) in compared().items() if answer["accepted"] != case["valid"]]
    assert all(any(name.startswith(prefix) for name in different) for prefix in row.prefixes)


def test_both_accept_and_refuse_enough_for_the_comparison_to_mean_something() -> None:
    agreed = [case["valid"] for case, answer in compared().values() if answer["accepted"] == case["valid"]]
    assert agreed.count(True) >= 25
    assert agreed.count(False) >= 140


def test_the_documentation_has_the_table() -> None:
    page = (ROOT / "docs" / "verification.md").read_text()
    for row in DISAGREEMENTS:
        assert f"| {row.reason} |" in page
