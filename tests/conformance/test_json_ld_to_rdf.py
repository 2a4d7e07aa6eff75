"""The W3C suite of JSON-LD to RDF (w3c/json-ld-api): each case gives the published quads or a named error.

Laurel deliberately supports only a part of JSON-LD: published contexts, aliases instead of keywords, one spelling of
each name. So it refuses every case in its original form. What Laurel claims to support is tested on the same cases
rewritten in that spelling (see `translation`), over tables that the project's compiler made from their contexts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.quads import to_quads
from tests.conformance.translation import tables, translate
from tests.verify.canonical import nquads, oracle, vectors
from tools.contexts import Unsupported

pytestmark = [vectors.needs_vectors, pytest.mark.xdist_group("json-ld-toRdf")]

FOLDER = vectors.ROOT / "json-ld-toRdf"
ROOT = Path(__file__).resolve().parents[2]
CASES: dict[str, dict[str, Any]] = (
    {case["@id"][1:]: case for case in vectors.load(FOLDER / "toRdf-manifest.jsonld")["sequence"]}
    if FOLDER.is_dir()
    else {}
)

SUPPORTED = {
    "values, languages, datatypes": "t0001 t0004 t0005 t0006 t0020 te013 te061 te067",
    "types and identifiers": "t0007 t0019 te033 te053 te054 te055",
    "lists": "t0025",
    "graphs": "te079 te093",
    "contexts of types and of members": "tc001 tc002 tc004 tc005 tc006 tc007 tc009 tc010 tc012 tc016 tc019 tc023 tc035 "
    "tc036",
    "protected terms": "tpr02 tpr10 tpr13 tpr14 tpr23 tpr27 tpr40 tpr41",
    "JSON literals": "tjs01 tjs02 tjs03 tjs04 tjs05 tjs06 tjs07 tjs08 tjs09 tjs10 tjs11 tjs12 tjs13 tjs14 tjs17",
    "odd names": "te113 tp003",
    "text, without published quads": "tnt01 tnt02 tnt03 tnt04 tnt05 tnt06 tnt07 tnt08 tnt09 tnt10 tnt11 tnt12 tnt13 "
    "tnt14 tnt15 tnt16",
}
"""The features that Laurel claims to support, and the cases that prove it."""

# Number of cases by result: an error code, or `context_uncompiled` if the compiler rejected a context.
UNTRANSLATED = {
    "context_inline": 392,
    "context_unknown": 6,
    "json_invalid": 19,
    "keyword_refused": 30,
    "term_undefined": 20,
}
TRANSLATED = {
    "array_nested": 6,
    "context_inline": 1,
    "context_uncompiled": 223,
    "context_unknown": 8,
    "direction": 2,  # of the language and direction, only the language is in the quads without the option
    "equal": 72,
    "id_blank": 3,
    "iri_compact": 10,
    "iri_relative": 35,
    "keyword_refused": 60,
    "node_dropped": 6,
    "number_range": 2,
    "term_class": 2,
    "term_conflict": 7,
    "term_undefined": 21,
    "type_invalid": 1,
    "type_undefined": 2,
    "value_invalid": 3,
    "value_null": 2,
    "value_repeated": 1,  # te027: a set with duplicates; a reader of the JSON would not see that they are one statement
}


def source(case: dict[str, Any]) -> Any:
    return vectors.load(FOLDER / case["input"])


def expected(case: dict[str, Any]) -> str | None:
    """Return the canonical quads that ``case`` must give; None if it must be refused."""
    if "expect" in case:
        return rdfc.canonicalize(nquads.read((FOLDER / case["expect"]).read_text("utf-8"))).decode()
    if "jld:PositiveSyntaxTest" in case["@type"]:
        canonical = oracle.canonical(source(case))
        assert canonical is not None
        return canonical.decode()
    return None


def answer(document: Any) -> dict[str, str]:
    """Return the product's result for ``document``, in the format of `custom_tables`."""
    try:
        return {"canonical": rdfc.canonicalize(to_quads(document)).decode()}
    except CanonicalError as error:
        return {"refused": error.code}


def result_of(case: dict[str, Any], answer: dict[str, str]) -> str:
    """Return `equal`, the error code, or one of `WRONG`."""
    if "refused" in answer:
        return answer["refused"]
    if "rdfDirection" in case.get("option", {}):
        return "direction"
    quads = expected(case)
    if quads is None:
        return "accepted"
    return "equal" if answer["canonical"] == quads else "different"


WRONG = {"different", "accepted"}


@pytest.fixture(scope="module")
def translated() -> dict[str, str]:
    """Each case and its result, in Laurel's spelling and over its own contexts."""
    answers: dict[str, dict[str, str]] = {}
    jobs = {}
    for name, case in CASES.items():
        translation = translate(source(case))
        try:
            jobs[name] = json.dumps({"tables": tables(translation), "document": translation.document})
        except Unsupported:
            answers[name] = {"refused": "context_uncompiled"}
    command = [sys.executable, "-m", "tests.conformance.custom_tables"]
    done = subprocess.run(command, input="\n".join(jobs.values()), capture_output=True, text=True, check=True, cwd=ROOT)
    answers |= dict(zip(jobs, map(json.loads, done.stdout.splitlines()), strict=True))
    return {name: result_of(case, answers[name]) for name, case in CASES.items()}


def test_the_suite_is_complete() -> None:
    kinds = Counter(case["@type"][0].removeprefix("jld:") for case in CASES.values())
    assert kinds == {"PositiveEvaluationTest": 345, "NegativeEvaluationTest": 106, "PositiveSyntaxTest": 16}


def test_untranslated_cases_are_all_refused_with_a_code() -> None:
    assert Counter(result_of(case, answer(source(case))) for case in CASES.values()) == UNTRANSLATED


def test_no_case_gives_wrong_quads_and_no_negative_case_is_accepted(translated: dict[str, str]) -> None:
    assert {name: result for name, result in translated.items() if result in WRONG} == {}


def test_the_supported_cases_are_the_claimed_ones(translated: dict[str, str]) -> None:
    claimed = {name for names in SUPPORTED.values() for name in names.split()}
    assert {name for name, result in translated.items() if result == "equal"} == claimed


def test_every_other_case_is_refused_with_a_code(translated: dict[str, str]) -> None:
    assert Counter(translated.values()) == TRANSLATED


def test_wrong_quads_and_a_missing_error_are_detected() -> None:
    positive, negative = (
        next(case for case in CASES.values() if kind in case) for kind in ("expect", "expectErrorCode")
    )
    assert result_of(positive, {"canonical": "<urn:a> <urn:b> <urn:c> .\n"}) == "different"
    assert result_of(negative, {"canonical": ""}) == "accepted"
