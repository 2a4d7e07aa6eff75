"""Nothing that a stranger writes makes us knock on a private address: canaries listen there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
URLS = 10_000
NAMESPACE = ["unshare", "--user", "--map-root-user", "--net", "--mount"]


@pytest.fixture(scope="module")
def happened() -> dict[str, object]:
    """What the guarded fetcher did with generated URLs, in a network of its own."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("SSRF IS NOT PROVEN HERE: `unshare` or `ip` is missing (Linux, packages util-linux and iproute2)")
    allowed = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, check=False)
    if allowed.returncode:
        pytest.skip(f"SSRF IS NOT PROVEN HERE: network namespaces are not allowed ({allowed.stderr.strip()})")
    command = [*NAMESPACE, sys.executable, "-m", "tests.net.canaries", str(URLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.xdist_group("canaries")
class TestCanaries:
    def test_none_is_heard_in_ten_thousand_urls(self, happened: dict[str, object]) -> None:
        assert happened["asked"] >= URLS
        assert happened["heard"] == {}

    def test_the_urls_tried_every_way_in(self, happened: dict[str, object]) -> None:
        outcomes = happened["outcomes"]
        assert outcomes["url_refused"] > 1_000
        assert outcomes["address_refused"] > 300
        assert outcomes["answered"] > 20
        assert happened["stranger"] > 500  # redirects that were followed as far as the guard allowed

    def test_a_name_that_rebinds_is_looked_up_once_a_fetch(self, happened: dict[str, object]) -> None:
        assert happened["questions"] == 100
        assert happened["rebound"] == {"answered": 50, "address_refused": 50}

    def test_every_canary_can_be_heard_without_the_guard(self, happened: dict[str, object]) -> None:
        assert len(happened["heard_without_guard"]) == happened["listeners"]
