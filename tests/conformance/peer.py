"""Digital Bazaar's Verifiable Credentials library (Node), run offline over the bundled contexts."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.verify.canonical import oracle

ROOT = Path(__file__).resolve().parents[2]
needs_peer = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "@digitalbazaar" / "vc").is_dir(),
    reason="NO PEER: needs node and `npm ci`, so agreement with Digital Bazaar's library was not checked",
)


def sign(
    documents: Sequence[Mapping[str, Any]],
    suite: str,
    *,
    key: Mapping[str, str],
    created: str,
    mandatory: Sequence[str] = (),
    selected: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Sign ``documents`` with ``key``, whose did:key becomes their issuer's id.

    ``key`` has a `seed` of Ed25519, or the `publicKeyMultibase` and `secretKeyMultibase` of an ECDSA key. With
    ``selected``, the result is what a holder shows: the values at these JSON pointers and at ``mandatory``.
    """
    options = {"cryptosuite": suite, "key": key, "created": created, "mandatory": mandatory, "selected": selected}
    return _run("sign", [{"credential": document, **options} for document in documents])


def verdicts(documents: Sequence[Mapping[str, Any]], suite: str, *, now: str) -> list[bool]:
    """Return, for each document, whether the library accepts its proof, issuer and dates."""
    items = [{"credential": document, "cryptosuite": suite, "now": now} for document in documents]
    return [result["verified"] for result in _run("verify", items)]


def _run(script: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", ROOT / "tools" / "peer" / f"{script}.mjs"],
        input=json.dumps({"documents": oracle.DOCUMENTS, "items": items}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer
