"""Fixtures that start real engines. Nothing here sets a process-wide environment variable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local import aws as embedded
from local import process
from local.ports import free_port


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedAws]:
    """An embedded AWS of this worker's own: nothing in it at first, thrown away at the end.

    `aws.endpoint_url`, `aws.region`, `aws.client_env` (credentials `test`/`test`, with IAM evaluation on).
    Tests share it within a worker: use table and stack names of your own.
    """
    engine = _embedded(tmp_path_factory.mktemp("aws"))
    yield engine
    process.stop(engine.process)


def _embedded(state: Path) -> embedded.EmbeddedAws:
    if not embedded.executable().exists():
        pytest.exit("the embedded AWS is not installed: run `make venv` first", returncode=2)
    return embedded.start(free_port(), state)
