"""Small groups."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.kpi.suppression import MIN_GROUP, suppressed

GROUPS = st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=8)


@given(GROUPS)
def test_no_small_group_is_shown_or_can_be_subtracted(groups: dict[str, int]) -> None:
    hidden = suppressed(groups)
    assert all(groups[key] == 0 or groups[key] >= MIN_GROUP for key in groups.keys() - hidden)
    rest = sum(groups[key] for key in hidden)
    assert rest == 0 or rest >= MIN_GROUP or sum(groups.values()) < MIN_GROUP


@given(GROUPS)
def test_nothing_is_hidden_without_a_small_group(groups: dict[str, int]) -> None:
    if not any(0 < people < MIN_GROUP for people in groups.values()):
        assert suppressed(groups) == set()


def test_the_next_smallest_group_hides_a_single_small_one() -> None:
    assert suppressed({"a": 3, "b": 50, "c": 12}) == {"a", "c"}
    assert suppressed({"a": 3, "b": 8, "c": 12}) == {"a", "b"}
