"""The list of websites that may frame an issuer's credentials."""

from __future__ import annotations

import pytest

from chalicelib.award.input import embed_sites
from chalicelib.errors import Refused

BASE_URL = "https://laurel.example"


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example", "https://*.a.example https://b.example:8443", "http://localhost:3000",
        "https://a.example\r\nhttps://b.example",
    ],
)  # fmt: skip
def test_websites_are_allowed_in_one_header_line(text: str) -> None:
    embed_sites.check(text)
    assert embed_sites.ancestors(text, BASE_URL) == " ".join([BASE_URL, *text.split()])


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_any_website_may_frame_without_a_list(text: str | None) -> None:
    assert embed_sites.ancestors(text, BASE_URL) is None


@pytest.mark.parametrize(
    "text",
    [
        "a.example", "http://a.example", "https://a.example/path", "https://a.example; script-src *", "https://*",
        "https://a.example,https://b.example", "*", "'self'", "data:", "https://a", "https://user@a.example",
        "https://a.example " * 21, "https://" + "a" * 3_000 + ".example",
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_never_opens_the_frame_to_all(text: str) -> None:
    with pytest.raises(Refused) as refused:
        embed_sites.check(text)
    assert refused.value.code == "bad_site"
    assert embed_sites.ancestors(text, BASE_URL) == BASE_URL
