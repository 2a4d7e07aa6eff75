"""Names that are mistaken for each other, and those that are not."""

from __future__ import annotations

import pytest

from chalicelib.credential import lookalike


@pytest.mark.parametrize(
    ("one", "other"),
    [("Illinois Institute", "lllinois lnstitute"), ("Modern Academy", "Modem Academy"), ("Bern", "Вern"),
     ("Wayne", "VVayne"), ("O2", "02"),
     ("北京大学", "北京 大学"), ("Ελλάς", "ελλασ")],
)  # fmt: skip
def test_names_that_are_mistaken_for_each_other_share_a_skeleton(one: str, other: str) -> None:
    assert lookalike.skeletons(one) & lookalike.skeletons(other)


def test_names_in_scripts_with_marks_stay_different() -> None:
    assert not lookalike.skeletons("कि") & lookalike.skeletons("की")
    assert not lookalike.skeletons("パパ") & lookalike.skeletons("ハハ")
    assert not lookalike.skeletons("தமிழ்") & lookalike.skeletons("தமிழ")
    assert not lookalike.skeletons("北京大学") & lookalike.skeletons("南京大学")
    assert lookalike.skeletons("!!!") == {"!!!"}
