"""Laurel's answer to every case of the corpus, and that the generator makes exactly the committed files."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corpus.generate.__main__ import cases, files
from tests.corpus.generate.case import Case
from tests.corpus.laurel import CASES, ERROR, of_folder

FOLDERS = sorted(path.name for path in CASES.iterdir())
MADE_WITH = ("1.2.13", 255)
"""The version of zlib, and the operating system in the header of gzip, which Python names from 3.13 on as unknown (RFC
1952, 2.3.1). Others may compress the lists and images differently, and their signatures then differ too."""
VERDICTS = {"valid", "invalid", "unknown", "revoked", "suspended", "expired", "not_yet_valid", ERROR}


@pytest.mark.parametrize("name", FOLDERS)
def test_laurel_answers_as_expected(name: str) -> None:
    case, answer = of_folder(CASES / name)
    assert (answer.verdict, answer.codes) == (case["verdict"], case["codes"])
    assert case["check"] in ("", *answer.codes)


def described(name: str) -> dict[str, object]:
    case: dict[str, object] = json.loads((CASES / name / "case.json").read_bytes())
    return case


def test_the_corpus_is_large_and_most_of_it_is_not_valid() -> None:
    verdicts = [described(name)["verdict"] for name in FOLDERS]
    assert len(verdicts) >= 350
    assert sum(verdict != "valid" for verdict in verdicts) >= 300
    assert sum(verdict == "valid" for verdict in verdicts) >= 50
    assert set(verdicts) == VERDICTS


def test_independent_implementations_signed_a_part_of_it() -> None:
    by = [str(described(name)["signed_by"]) for name in FOLDERS]
    assert {"@digitalbazaar/vc", "PyJWT", "rfc8785"} <= set(by)
    assert sum(each != "Laurel's generator" for each in by) >= 100


@pytest.mark.parametrize("name", FOLDERS)
def test_every_case_is_described_for_readers_without_laurel(name: str) -> None:
    case = described(name)
    assert set(case) == {
        *("title", "clause", "file", "now", "options", "web", "valid", "verdict", "check", "codes", "signed_by")
    }
    assert case["valid"] is (case["verdict"] == "valid")
    assert case["valid"] is (not case["codes"])
    assert name.startswith("valid-") is case["valid"]
    present = {path.name for path in (CASES / name).iterdir()}
    web = case["web"]
    assert isinstance(web, dict)
    named = {page["file"] for page in web.values() if "file" in page}
    assert present == {"case.json", case["file"], *named}


def test_the_generator_makes_the_committed_files() -> None:
    made = {case.name: case for case in cases()}
    compresses_alike = (zlib.ZLIB_RUNTIME_VERSION, gzip.compress(b"", mtime=0)[9]) == MADE_WITH
    assert sorted(made) == FOLDERS
    for case in made.values():
        if compresses_alike or not _is_compressed(case):
            assert dict(files(case)) == dict(_committed(CASES / case.name)), case.name


def _is_compressed(case: Case) -> bool:
    return any(b"encodedList" in body for body in (case.source, *(page.body for page in case.web.values()))) or (
        case.file.endswith((".png", ".jwt")) or any(page.name.endswith(".jwt") for page in case.web.values())
    )


def _committed(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.iterdir():
        yield path.name, path.read_bytes()
