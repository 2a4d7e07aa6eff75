"""Fixtures for the embedded AWS, the deployment package and the running stack. No process-wide environment is set."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest

from local import aws as embedded
from local import process
from local.package import Package, build
from local.ports import free_port
from local.stack import STAGE, Stack

# On a busy machine per-example deadlines fail regardless of the code.
hypothesis.settings.register_profile("laurel", deadline=None)
hypothesis.settings.register_profile("fast", deadline=None, max_examples=5)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "laurel"))


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedAws]:
    """An embedded AWS for this worker, empty at first and deleted at the end.

    `aws.endpoint_url`, `aws.region`, `aws.client_env` (credentials `test`/`test`, with IAM evaluation on).
    Tests share it within a worker, so each uses its own table and stack names.
    """
    engine = embedded.start(free_port(), tmp_path_factory.mktemp("aws"))
    yield engine
    process.stop(engine.process)


@pytest.fixture(scope="session")
def package() -> Package:
    """The deployment package, built from the sources and infrastructure/resources.yaml."""
    return build(STAGE)


@dataclass(frozen=True, slots=True)
class RunningStack:
    """A running stack: `url` without a trailing slash, `demo` as in demo.json, `local` to stop and start it."""

    url: str
    demo: dict[str, Any]
    local: Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack as started by `make run`, with demo data, on a free port; deleted at the end."""
    local = Stack.of(free_port(), tmp_path_factory.mktemp("stacks"))
    try:
        local.up()
        yield RunningStack(local.base_url, json.loads(local.demo.read_text()), local)
    finally:
        local.down()


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need the stack or the package as slow, and give all stack tests to one worker.

    With `pytest --dist loadgroup` the stack is then started once.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "stack" in fixtures:
            item.add_marker(pytest.mark.xdist_group("stack"))
        if "stack" in fixtures or "package" in fixtures:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Keep the garbage collector from scanning thousands of collected tests again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionstart() -> None:
    if not embedded.executable().exists():
        pytest.exit("the embedded AWS is not installed: run `make venv` first", returncode=2)
