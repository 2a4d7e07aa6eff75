"""docs/quickstart.md works as pasted. `tests/stack/test_quickstart.py` runs it against a running stack."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from chalicelib.embed import client
from tests import quickstart
from tests.clients.conftest import LaurelServer
from tests.http.fake_laurel import id_of

PAGE = quickstart.PAGE.read_text()


@pytest.mark.skipif(
    None in (shutil.which("node"), shutil.which("curl")), reason="NO NODE OR CURL: the quickstart was not run"
)
def test_every_block_works_as_pasted(server: LaurelServer, tmp_path: Path) -> None:
    demo = {"valid": {"url": f"{server.base}/c/{id_of('valid')}"}, "verifier": {"api_key": server.key()}}
    quickstart.check(quickstart.run(tmp_path, demo, recipient="ada@example.org"))


def test_every_block_is_in_a_language_that_is_run_or_checked() -> None:
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"sh", "python", "js", "html"}


def test_integrity_is_that_of_the_module() -> None:
    [found] = [json.loads(block) for block in re.findall(r"<script type=\"importmap\">\n(.*?)\n</script>", PAGE)]
    [(url, integrity)] = found["integrity"].items()
    assert url == f"https://laurel.example/client/{client.LATEST}"
    digest = hashlib.sha384((client.module(client.LATEST) or "").encode()).digest()
    assert integrity == "sha384-" + base64.b64encode(digest).decode()
