"""docs/receipts.md: its checks accept receipts and no changed one, with nothing but a JOSE library."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import LaurelError
from chalicelib.http.public.receipts import receipt_json
from chalicelib.receipts import jws
from chalicelib.receipts.receipt import Receipt
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.receipts import samples
from tests.size import sized

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "receipts.md").read_text()
PYTHON, JAVASCRIPT = (re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[0] for language in ("python", "js"))
MODULES = ROOT / "node_modules"
needs_jose = pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "jose").is_dir(),
    reason="NO JOSE: needs node and `npm ci`, so receipts were not checked with an independent library",
)
EDITS = sized(full=10_000, usual=2_000)
LOOP = """
import { readFileSync } from "node:fs";
import { check } from "./check.mjs";
const { tokens, keys, issuer } = JSON.parse(readFileSync(0, "utf8"));
let accepted = 0;
for (const token of tokens) {
  const text = Buffer.from(token, "base64").toString("utf8");
  accepted += await check(text, keys, issuer).then(() => 1, () => 0);
}
console.log(accepted);
"""


@pytest.fixture(scope="module")
def laurel() -> Laurel:
    return samples.laurel_now()


@pytest.fixture(scope="module")
def receipt(laurel: Laurel) -> Receipt:
    return samples.make(laurel)


@pytest.fixture
def folder(tmp_path: Path, laurel: Laurel, receipt: Receipt) -> Path:
    """The files that a reader of the document has."""
    (tmp_path / "check.py").write_text(PYTHON)
    (tmp_path / "check.mjs").write_text(JAVASCRIPT)
    (tmp_path / "receipt.json").write_text(json.dumps(receipt_json.document(receipt, BASE_URL)))
    (tmp_path / "jwks.json").write_text(json.dumps(laurel.receipts.keys.document()))
    (tmp_path / "badge.json").write_bytes(laurel.issuer_store.record(id_of("valid")).document)
    if MODULES.is_dir():
        (tmp_path / "node_modules").symlink_to(MODULES)
    return tmp_path


def run(folder: Path, *command: str, text: str = "") -> str:
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def edited(token: str, count: int) -> list[bytes]:
    """``token`` with one byte changed, each time another way; and with every other end, whose last bits are unused."""
    chosen, original = random.Random(14), token.encode()
    changed = {original[:-1] + bytes([end]) for end in range(256)} - {original}
    while len(changed) < count:
        position, value = chosen.randrange(len(original)), chosen.randrange(256)
        changed.add(original[:position] + bytes([value]) + original[position + 1 :])
        changed.discard(original)
    return sorted(changed)


def accepted_by_jose(folder: Path, laurel: Laurel, tokens: list[bytes]) -> int:
    (folder / "loop.mjs").write_text(LOOP)
    sent = {
        "tokens": [base64.b64encode(each).decode() for each in tokens],
        "keys": laurel.receipts.keys.document(),
        "issuer": BASE_URL,
    }
    return int(run(folder, "node", "loop.mjs", text=json.dumps(sent)))


def documented_check() -> Any:
    names: dict[str, Any] = {"__name__": "check"}
    exec(PYTHON, names)  # noqa: S102 - what the document says
    return names["check"]


def test_each_check_has_at_most_twenty_lines() -> None:
    for source in (PYTHON, JAVASCRIPT):
        assert len([line for line in source.splitlines() if line.strip()]) <= 20


def said_of(folder: Path, file: str, *, node: bool = False) -> str:
    check = ("node", "check.mjs") if node else (sys.executable, "check.py")
    return run(folder, *check, "receipt.json", "jwks.json", BASE_URL, file).strip()


@pytest.mark.parametrize("node", [False, pytest.param(True, marks=needs_jose)], ids=["PyJWT", "jose"])
def test_a_receipt_is_accepted_and_its_file_recognised(folder: Path, node: bool) -> None:
    assert said_of(folder, "badge.json", node=node).lower().endswith("verdict valid about this file: true")
    assert said_of(folder, "check.py", node=node).lower().endswith("about this file: false")


@pytest.mark.parametrize("node", [False, pytest.param(True, marks=needs_jose)], ids=["PyJWT", "jose"])
def test_a_forged_file_is_recognised_by_its_salted_hash(folder: Path, laurel: Laurel, node: bool) -> None:
    forged = samples.make(laurel, "tampered")
    assert "salted_sha256" in jws.claims_of(forged.jws)["request"]["document"]
    (folder / "receipt.json").write_text(json.dumps(receipt_json.document(forged, BASE_URL)))
    (folder / "badge.json").write_bytes(laurel.issuer_store.record(id_of("tampered")).document)
    assert said_of(folder, "badge.json", node=node).lower().endswith("verdict invalid about this file: true")
    assert said_of(folder, "check.py", node=node).lower().endswith("about this file: false")


@needs_jose
def test_jose_accepts_no_receipt_with_a_changed_byte(folder: Path, laurel: Laurel, receipt: Receipt) -> None:
    assert accepted_by_jose(folder, laurel, [receipt.jws.encode()]) == 1
    assert accepted_by_jose(folder, laurel, edited(receipt.jws, EDITS)) == 0


def test_neither_pyjwt_nor_laurel_accepts_a_receipt_with_a_changed_byte(laurel: Laurel, receipt: Receipt) -> None:
    check, keys = documented_check(), laurel.receipts.keys.published()
    document = laurel.receipts.keys.document()
    assert check(receipt.jws, document, BASE_URL) == jws.check(receipt.jws, keys, BASE_URL)
    for changed in edited(receipt.jws, EDITS):
        token = changed.decode("utf-8", "replace")
        with pytest.raises(LaurelError):
            jws.check(token, keys, BASE_URL)
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the library raises
            check(token, document, BASE_URL)


def test_receipt_of_another_deployment_is_refused(laurel: Laurel, receipt: Receipt) -> None:
    with pytest.raises(LaurelError):
        jws.check(receipt.jws, laurel.receipts.keys.published(), "https://other.example")


def test_hash_is_that_of_the_file(laurel: Laurel, receipt: Receipt) -> None:
    document = laurel.issuer_store.record(id_of("valid")).document
    request = jws.claims_of(receipt.jws)["request"]
    assert request["document"] == {"sha256": hashlib.sha256(document).hexdigest()}
    assert request["url"] == {"sha256": hashlib.sha256(f"{BASE_URL}/c/{id_of('valid')}".encode()).hexdigest()}
