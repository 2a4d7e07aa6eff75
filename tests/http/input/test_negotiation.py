"""Content negotiation by the `Accept` header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.http.input.negotiation import (
    HTML,
    JSON,
    LD_JSON,
    VC,
    VC_JWT,
    ranked,
    wants_html,
)

OFFERS = (JSON, HTML, VC, LD_JSON, VC_JWT)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

TABLE = [
    (None, JSON, "a missing header counts as */*"),
    ("", JSON, "an empty header counts as */*"),
    ("*/*", JSON, "curl gets the report"),
    (BROWSER, HTML, "a browser gets the page"),
    ("text/*", HTML, "a text range"),
    ("application/*", JSON, "an application range, in our order"),
    ("application/vc", VC, "the signed credential"),
    ("application/vc+jwt", VC_JWT, "the JWT"),
    ("APPLICATION/VC", VC, "types are not case-sensitive"),
    ("application/ld+json, application/json", LD_JSON, "at equal q the first one listed (LD)"),
    ("application/json, application/ld+json", JSON, "at equal q the first one listed (JSON)"),
    ("application/json;q=0.5, application/vc;q=0.9", VC, "the higher q"),
    ("application/json;q=0, */*", HTML, "q=0 excludes"),
    ("*/*, application/vc", VC, "the exact type at equal q"),
    ("*/*;q=1, application/vc;q=0.9", JSON, "the higher q, even if less specific"),
    ('application/ld+json;profile="https://www.w3.org/ns/credentials/v2"', LD_JSON, "other parameters are ignored"),
    ("application/vc ; q=0.4 , text/html;q=0.3", VC, "spaces are allowed"),
    ("application/vc;q=high", VC, "an invalid q is ignored"),
    ("text/html;level=1;q=0.2, application/json;q=0.1", HTML, "q after other parameters"),
    ("nonsense", JSON, "an invalid header counts as */*"),
    ("image/png", None, "no offered type"),
    ("*/*;q=0", None, "everything excluded"),
    ("application/*;q=0, text/*;q=0", None, "every offered range excluded"),
    ("*/json", JSON, "an invalid range is ignored"),
]


@pytest.mark.parametrize(("accept", "expected", "why"), TABLE, ids=[row[2] for row in TABLE])
def test_best_media_type(accept: str | None, expected: str | None, why: str) -> None:
    assert next(iter(ranked(accept, OFFERS)), None) == expected, why


@given(st.text(alphabet=st.sampled_from('aptexlicon/*+;=q,.019 vjwsm"\n'), max_size=200))
def test_any_accept_header_gives_a_subset_of_the_offers_without_duplicates(accept: str) -> None:
    found = ranked(accept, OFFERS)
    assert set(found) <= set(OFFERS)
    assert len(found) == len(set(found))


@given(st.lists(st.sampled_from(OFFERS), unique=True, min_size=1), st.data())
def test_media_types_are_ordered_by_quality(named: list[str], data: st.DataObject) -> None:
    weights = {offer: data.draw(st.integers(0, 1000)) for offer in named}
    accept = ", ".join(f"{offer};q={weight / 1000:.3f}" for offer, weight in weights.items())
    found = ranked(accept, OFFERS)
    assert set(found) == {offer for offer, weight in weights.items() if weight > 0}
    assert [weights[offer] for offer in found] == sorted((weights[offer] for offer in found), reverse=True)


@pytest.mark.parametrize(
    ("accept", "html"),
    [(BROWSER, True), ("text/html", True), ("*/*", False), (None, False), ("image/*,*/*;q=0.8", False)],
)
def test_browsers_are_distinguished_from_programs(accept: str | None, html: bool) -> None:
    assert wants_html(accept) is html
