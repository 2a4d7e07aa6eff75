"""Numbers as literals: their datatype, and the range in which JSON represents integers exactly."""

from __future__ import annotations

import pytest

from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.literals import number

XSD = "http://www.w3.org/2001/XMLSchema#"
LARGEST = 2**53 - 1


@pytest.mark.parametrize(
    ("value", "datatype", "expected"),
    [
        (3, None, f'"3"^^<{XSD}integer>'),
        (3, f"{XSD}integer", f'"3"^^<{XSD}integer>'),
        (3, f"{XSD}double", f'"3.0E0"^^<{XSD}double>'),
        (3.5, None, f'"3.5E0"^^<{XSD}double>'),
        (-LARGEST, None, f'"{-LARGEST}"^^<{XSD}integer>'),
        (LARGEST, None, f'"{LARGEST}"^^<{XSD}integer>'),
    ],
)
def test_a_number_has_the_datatype_of_its_term_or_of_its_value(
    value: float, datatype: str | None, expected: str
) -> None:
    assert number(value, datatype) == expected


@pytest.mark.parametrize(
    ("value", "datatype"), [(3.5, f"{XSD}integer"), (-LARGEST - 1, None), (LARGEST + 1, None), (1e300, f"{XSD}double")]
)
def test_a_number_that_could_be_read_in_two_ways_is_refused(value: float, datatype: str | None) -> None:
    with pytest.raises(CanonicalError) as caught:
        number(value, datatype)
    assert caught.value.code == "number_range"
