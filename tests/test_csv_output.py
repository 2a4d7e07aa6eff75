from __future__ import annotations

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib import csv_output

TRIGGERS = "=+-@\t\r\0"


@given(
    st.lists(
        st.text(st.sampled_from(TRIGGERS + "a,\"'\n;é") | st.characters(codec="utf-8"), max_size=8),
        min_size=1,
        max_size=5,
    )
)
@example(["=cmd()", "\t=1", "\0=1", "-1", "@x"])
def test_cells_never_start_a_formula_and_round_trip(cells: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(csv_output.line(cells), newline=""))
    assert not any(cell.startswith(tuple(TRIGGERS)) for cell in read)
    assert [cell.replace("'", "") for cell in read] == [cell.replace("'", "") for cell in cells]


@given(st.text(st.sampled_from("=+-@;\t\r\n ,\"'a\uff1d"), max_size=12))
@example("Ada;=HYPERLINK(A1)")
@example('Ada\n"=1+1')
def test_no_formula_starts_after_other_separators(cell: str) -> None:
    written = csv_output.line([1, cell])
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(written, newline=None), delimiter=separator):
            assert not any(part.lstrip(' "').startswith(("=", "+", "-", "@", "\uff1d")) for part in row), written


def test_other_text_is_unchanged() -> None:
    assert csv_output.line(["a-b", "1 = 1", "x; y", "ada@example.org", "Ada, B.A."]) == (
        'a-b,1 = 1,x; y,ada@example.org,"Ada, B.A."\r\n'
    )


def test_line_ends_with_crlf_and_none_is_an_empty_cell() -> None:
    assert csv_output.line([1, None, 'a "quoted", text']) == '1,,"a ""quoted"", text"\r\n'


def test_numbers_for_people_have_no_binary_noise() -> None:
    assert csv_output.rounded((-22.199999999999996, 9 / 22, 3, "1.23456", None)) == (-22.2, 0.4091, 3, "1.23456", None)
