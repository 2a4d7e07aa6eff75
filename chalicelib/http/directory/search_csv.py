"""Results of a search of the directory as a spreadsheet: the members of the JSON, a row for each person."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib import csv_output
from chalicelib.directory.query.hits import Hit
from chalicelib.directory.search import Page
from chalicelib.http.directory import search_json

TYPE = "text/csv"
COLUMNS = (
    "id", "url", "name", "headline", "place", "languages", "open_to", "valid_credentials", "newest_issued_at",
    "achievements", "issuers", "skills", "matches",
)  # fmt: skip


def to_csv(page: Page, base_url: str) -> str:
    """Serialize a page of results, without cells that a spreadsheet would evaluate."""
    rows = (list(_cells(hit, base_url)) for hit in page.hits)
    return "".join(map(csv_output.line, (COLUMNS, *rows)))


def _cells(hit: Hit, base_url: str) -> Iterator[object]:
    item = search_json.item(hit, base_url)
    members = {**item, **search_json.stated(hit.listing)}
    for name in COLUMNS:
        value = members[name]
        yield "; ".join(map(_text, value)) if isinstance(value, list) else value


def _text(value: object) -> str:
    """A text, the name of something named, or why a person was found."""
    if not isinstance(value, dict):
        return str(value)
    return value["name"] if "name" in value else f"{value['field']}: {value['value']} ({value['match']})"
