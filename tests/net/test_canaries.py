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


def in_a_network_of_its_own() -> dict[str, object]:
    """What the guarded fetcher did with generated URLs, where the canaries are."""
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
@pytest.mark.slow
def test_no_canary_is_heard_in_ten_thousand_urls() -> None:
    happened = in_a_network_of_its_own()
    assert happened["asked"] >= URLS
    assert happened["heard"] == {}

    # The URLs tried every way in, and redirects were followed as far as the guard allows.
    outcomes = happened["outcomes"]
    assert outcomes["url_refused"] > 1_000
    assert outcomes["address_refused"] > 300
    assert outcomes["answered"] > 20
    assert happened["stranger"] > 500

    # A name that is the stranger's at the first question and a canary's at the next: one question a fetch.
    assert happened["questions"] == 100
    assert happened["rebound"] == {"answered": 50, "address_refused": 50}

    # Every canary can be heard by a fetcher without the guard.
    assert len(happened["heard_without_guard"]) == happened["listeners"]
