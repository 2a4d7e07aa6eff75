"""docs/quickstart.md and the Python client against a running stack."""

from __future__ import annotations

from pathlib import Path

import pytest
from laurel_client import Laurel

from chalicelib.verifiers.batch import answering
from tests import quickstart
from tests.conftest import RunningStack
from tests.http.senders import external_credential

pytestmark = pytest.mark.slow


def test_every_block_works_as_pasted(stack: RunningStack, tmp_path: Path) -> None:
    quickstart.check(quickstart.run(tmp_path, stack.demo))


def test_the_client_waits_for_a_job_and_reads_its_results_from_s3(stack: RunningStack) -> None:
    laurel = Laurel(stack.url, stack.demo["verifier"]["api_key"])
    items = [{"ref": f"n{number}", "credential": external_credential()} for number in range(answering.MAX_ITEMS + 1)]
    results = list(laurel.verify_batch(items, timeout=240))
    assert [(each.ref, each.verdict) for each in results] == [(item["ref"], "valid") for item in items]
