"""No submitted URL makes the fetcher contact a private address: canaries listen there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.size import sized

ROOT = Path(__file__).resolve().parents[2]
URLS = sized(full=10_000, usual=1_000)
NAMESPACE = ["unshare", "--user", "--map-root-user", "--net", "--mount"]


def run_in_network_namespace() -> dict[str, object]:
    """The results of fetching generated URLs in a network namespace with canaries."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip(
            "SSRF PROTECTION IS NOT TESTED HERE: `unshare` or `ip` is missing (Linux, packages util-linux and iproute2)"
        )
    allowed = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, check=False)
    if allowed.returncode:
        pytest.skip(
            f"SSRF PROTECTION IS NOT TESTED HERE: network namespaces are not allowed ({allowed.stderr.strip()})"
        )
    command = [*NAMESPACE, sys.executable, "-m", "tests.net.canaries", str(URLS)]
    completed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout)


@pytest.mark.slow
def test_hostile_urls_reach_no_canary() -> None:
    results = run_in_network_namespace()
    assert results["fetched"] >= URLS
    assert results["connections"] == {}

    # Every kind of refusal occurred, and redirects were followed as far as the guard allows.
    outcomes = results["outcomes"]
    assert outcomes["url_refused"] > URLS / 10
    assert outcomes["address_refused"] > URLS * 3 / 100
    assert outcomes["answered"] > URLS / 500
    assert results["redirects"] > URLS / 20

    # The name that alternates between the external host and a canary: one DNS query per fetch.
    assert results["queries"] == 100
    assert results["rebound"] == {"answered": 50, "address_refused": 50}

    # Control: without the guard, every canary is reached.
    assert len(results["connections_without_guard"]) == results["listeners"]
