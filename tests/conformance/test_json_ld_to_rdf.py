"""The W3C suite of JSON-LD to RDF (w3c/json-ld-api): each case gives the published quads or is refused by name.

The product reads a part of JSON-LD on purpose: published contexts, aliases instead of keywords, one spelling for each
thing. As the cases stand it therefore refuses every one. What it claims to support is tested on the same cases in its
own spelling (see `translation`), over tables that the project's compiler made of their contexts.
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
"""What we claim to support, and the cases that show it."""

# How many cases end how: refusals by their code, `context_uncompiled` where the compiler stopped at a context.
AS_THEY_STAND = {
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
    "equal": 72,
    "id_blank": 3,
    "iri_compact": 10,
    "iri_relative": 35,
    "keyword_refused": 62,
    "node_dropped": 6,
    "number_range": 2,
    "term_class": 2,
    "term_conflict": 7,
    "term_undefined": 21,
    "type_invalid": 1,
    "type_undefined": 2,
    "value_invalid": 3,
    "value_null": 2,
    "value_repeated": 1,  # te027: a set that repeats itself hides from a reader of the JSON that it says one thing
}


def source(case: dict[str, Any]) -> Any:
    return vectors.load(FOLDER / case["input"])


def expected(case: dict[str, Any]) -> str | None:
    """The canonical quads that ``case`` must have; None where it must be refused."""
    if "expect" in case:
        return rdfc.canonicalize(nquads.read((FOLDER / case["expect"]).read_text("utf-8"))).decode()
    if "jld:PositiveSyntaxTest" in case["@type"]:
        canonical = oracle.canonical(source(case))
        assert canonical is not None
        return canonical.decode()
    return None


def answer(document: Any) -> dict[str, str]:
    """What the product makes of ``document``, as `own_tables` says it."""
    try:
        return {"canonical": rdfc.canonicalize(to_quads(document)).decode()}
    except CanonicalError as error:
        return {"refused": error.code}


def judged(case: dict[str, Any], answer: dict[str, str]) -> str:
    """In a word: `equal`, the code of the refusal, or one of `WRONG`."""
    if "refused" in answer:
        return answer["refused"]
    quads = expected(case)
    if quads is None:
        return "accepted"
    return "equal" if answer["canonical"] == quads else "different"


WRONG = {"different", "accepted"}


@pytest.fixture(scope="module")
def translated() -> dict[str, str]:
    """The case and its judgement, in our spelling and over its own contexts."""
    answers: dict[str, dict[str, str]] = {}
    jobs = {}
    for name, case in CASES.items():
        translation = translate(source(case))
        try:
            jobs[name] = json.dumps({"tables": tables(translation), "document": translation.document})
        except Unsupported:
            answers[name] = {"refused": "context_uncompiled"}
    command = [sys.executable, "-m", "tests.conformance.own_tables"]
    done = subprocess.run(command, input="\n".join(jobs.values()), capture_output=True, text=True, check=True, cwd=ROOT)
    answers |= dict(zip(jobs, map(json.loads, done.stdout.splitlines()), strict=True))
    return {name: judged(case, answers[name]) for name, case in CASES.items()}


def test_the_suite_is_whole() -> None:
    kinds = Counter(case["@type"][0].removeprefix("jld:") for case in CASES.values())
    assert kinds == {"PositiveEvaluationTest": 345, "NegativeEvaluationTest": 106, "PositiveSyntaxTest": 16}


def test_as_they_stand_all_cases_are_refused_by_name() -> None:
    assert Counter(judged(case, answer(source(case))) for case in CASES.values()) == AS_THEY_STAND


def test_no_case_has_other_quads_than_published_and_no_negative_one_is_accepted(translated: dict[str, str]) -> None:
    assert {name: word for name, word in translated.items() if word in WRONG} == {}


def test_the_supported_cases_are_those_that_we_claim(translated: dict[str, str]) -> None:
    claimed = {name for names in SUPPORTED.values() for name in names.split()}
    assert {name for name, word in translated.items() if word == "equal"} == claimed


def test_every_other_case_is_refused_by_name(translated: dict[str, str]) -> None:
    assert Counter(translated.values()) == TRANSLATED


def test_other_quads_and_a_missing_refusal_are_caught() -> None:
    positive, negative = (
        next(case for case in CASES.values() if kind in case) for kind in ("expect", "expectErrorCode")
    )
    assert judged(positive, {"canonical": "<urn:a> <urn:b> <urn:c> .\n"}) == "different"
    assert judged(negative, {"canonical": ""}) == "accepted"
