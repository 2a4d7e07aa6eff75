"""Fixtures that start real engines. Nothing here sets a process-wide environment variable."""

from __future__ import annotations

import json
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

# How long an example takes says something of the machine, and nothing of the code.
hypothesis.settings.register_profile("laurel", deadline=None)
hypothesis.settings.load_profile("laurel")


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedAws]:
    """An embedded AWS of this worker's own: nothing in it at first, thrown away at the end.

    `aws.endpoint_url`, `aws.region`, `aws.client_env` (credentials `test`/`test`, with IAM evaluation on).
    Tests share it within a worker: use table and stack names of your own.
    """
    engine = embedded.start(free_port(), tmp_path_factory.mktemp("aws"))
    yield engine
    process.stop(engine.process)


@pytest.fixture(scope="session")
def package() -> Package:
    """What `chalice package` makes of the sources, merged with infrastructure/resources.yaml."""
    return build(STAGE)


@dataclass(frozen=True, slots=True)
class RunningStack:
    """The deployed thing: `url` without a trailing slash, `demo` as in demo.json, `local` to stop and start it."""

    url: str
    demo: dict[str, Any]
    local: Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """What `make run` brings up, demo data and all, on a port of its own; thrown away at the end."""
    local = Stack.of(free_port(), tmp_path_factory.mktemp("stacks"))
    try:
        local.up()
        yield RunningStack(local.base_url, json.loads(local.demo.read_text()), local)
    finally:
        local.down()


@pytest.hookimpl(tryfirst=True)  # xdist looks for groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests on the stack go to one worker, so that it is brought up once (pytest --dist loadgroup)."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("stack"))


def pytest_sessionstart() -> None:
    if not embedded.executable().exists():
        pytest.exit("the embedded AWS is not installed: run `make venv` first", returncode=2)
