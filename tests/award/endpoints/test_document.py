"""Events as other systems get them."""

from __future__ import annotations

import pytest

from chalicelib.analytics.event import Kind
from chalicelib.award.endpoints import document
from tests.analytics.counts.makers import event


@pytest.mark.parametrize(
    ("kind", "named"), [(Kind.CONTACTED, None), (Kind.ISSUED, "welding")], ids=["contacted", "issued"]
)
def test_message_to_a_holder_names_no_achievement_that_may_have_one_holder(kind: Kind, named: str | None) -> None:
    data = document.of_event(event(kind), "https://l.example")["data"]
    assert isinstance(data, dict)
    assert data["achievement"] == named
