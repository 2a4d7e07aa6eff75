"""How many examples Hypothesis tries where a test needs another number than the profile's."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

FAST = "fast"
"""The profile of `make test-fast`, registered in tests/conftest.py."""


def examples(count: int, **more: Any) -> settings:
    """``count`` examples, but at most those of the profile in `make test-fast`; ``more`` are other settings."""
    if settings.get_current_profile_name() == FAST:
        count = min(count, settings().max_examples)
    return settings(max_examples=count, deadline=None, **more)
