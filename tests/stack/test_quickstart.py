"""docs/quickstart.md against a running stack, in all three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import quickstart
from tests.conftest import RunningStack

pytestmark = pytest.mark.slow


def test_every_block_works_as_pasted(stack: RunningStack, tmp_path: Path) -> None:
    quickstart.check(quickstart.run(tmp_path, stack.demo))
