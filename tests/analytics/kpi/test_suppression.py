"""Small groups."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.kpi.suppression import MIN_GROUP, suppressed, whole_batches

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


GIVEN = st.lists(st.tuples(st.integers(0, 25), st.one_of(st.none(), st.integers(0, 2))), max_size=200)


@given(GIVEN)
def test_no_two_results_in_a_row_differ_by_fewer_than_ten_people(given_values: list[tuple[int, int | None]]) -> None:
    results = [whole_batches(given_values[:many]) for many in range(len(given_values) + 1)]
    for before, after in pairwise(results):
        changed = {person for person in before.keys() | after.keys() if before.get(person) != after.get(person)}
        assert not changed or len(changed) >= MIN_GROUP


def test_a_value_that_is_replaced_or_taken_back_stays_until_ten_people_have_newer_ones() -> None:
    first: list[tuple[int, int | None]] = [(person, 1) for person in range(10)]
    corrected = [*first, (3, 5), (4, None)]
    assert whole_batches(corrected) == dict(first)
    after = whole_batches([*corrected, *((person, 1) for person in range(10, 18))])
    assert (len(after), after[3], 4 in after) == (17, 5, False)
