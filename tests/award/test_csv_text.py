from __future__ import annotations

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.award import csv_text

TRIGGERS = "=+-@\t\r\0"


@given(
    st.lists(
        st.text(st.sampled_from(TRIGGERS + "a,\"'\n;é") | st.characters(codec="utf-8"), max_size=8),
        min_size=1,
        max_size=5,
    )
)
@example(["=cmd()", "\t=1", "\0=1", "-1", "@x"])
def test_no_cell_begins_as_a_formula_and_all_come_back(cells: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(csv_text.line(cells), newline=""))
    assert not any(cell.startswith(tuple(TRIGGERS)) for cell in read)
    assert [cell.removeprefix("'") if cell[1:2] in TRIGGERS and cell[:1] == "'" else cell for cell in read] == [
        cell.removeprefix("'") if cell[1:2] in TRIGGERS and cell[:1] == "'" else cell for cell in cells
    ]


def test_a_line_ends_as_rfc_4180_says_and_nothing_is_an_empty_cell() -> None:
    assert csv_text.line([1, None, 'a "quoted", text']) == '1,,"a ""quoted"", text"\r\n'
