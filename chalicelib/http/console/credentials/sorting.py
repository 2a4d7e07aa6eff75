"""Sorting of the credential table by its headers: links that sort the rows of the page that is shown.

The store keeps the list by time of issue. Sorting all of it by another column would read all of it, so other orders
apply to the rows of one page, and the caption says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from chalicelib.award.input.folding import fold
from chalicelib.http.console.credentials.credential_text import CredentialListItem

DEFAULT = "-issued"
"""Newest first, the order of the store. A leading hyphen means descending."""
LABELS: Mapping[str, str] = {
    "holder": "Holder",
    "achievement": "Achievement",
    "issued": "Issued",
    "status": "Status",
    "email": "Email",
}
KEYS: Mapping[str, Callable[[CredentialListItem], str]] = {
    "holder": lambda row: fold(row.name),
    "achievement": lambda row: fold(row.achievement),
    "status": lambda row: row.status_label.text,
    "email": lambda row: row.email_label.text if row.email_label else "",
}


@dataclass(frozen=True, slots=True)
class Header:
    """A column header that sorts; ``direction`` is the value of `aria-sort`, empty if another column sorts."""

    label: str
    url: str
    direction: str


def chosen(wanted: str) -> str:
    """Return ``wanted`` if it names an order, else the default."""
    return wanted if wanted.removeprefix("-") in LABELS else DEFAULT


def apply(rows: Sequence[CredentialListItem], order: str) -> list[CredentialListItem]:
    """Sort ``rows``, which are newest first. Rows that are equal keep that order."""
    column, descending = order.removeprefix("-"), order.startswith("-")
    if column == "issued":
        return list(rows) if descending else list(reversed(rows))
    return sorted(rows, key=KEYS[column], reverse=descending)


def headers(address: str, query: Mapping[str, str], order: str) -> tuple[Header, ...]:
    """Return the headers of the page at ``address`` with ``query``, sorted by ``order``."""
    return tuple(_header(address, query, order, column) for column in LABELS)


def caption(order: str, *, whole: bool) -> str:
    """State what ``order`` applies to: the ``whole`` result, or the rows of this page."""
    if order == DEFAULT:
        return "Newest first." if whole else "Newest first. Sorting applies to this page only."
    column = LABELS[order.removeprefix("-")].lower()
    return (
        f"Sorted by {column}." if whole else f"Only this page is sorted by {column}; pages run from newest to oldest."
    )


def _header(address: str, query: Mapping[str, str], order: str, column: str) -> Header:
    sorted_by = order.removeprefix("-") == column
    descending = order.startswith("-")
    following = f"-{column}" if (sorted_by and not descending) or (not sorted_by and column == "issued") else column
    direction = ("descending" if descending else "ascending") if sorted_by else ""
    return Header(LABELS[column], f"{address}?{urlencode({**query, 'sort': following})}", direction)
