"""Return paths after sign-in."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.sign_in.return_paths import HOME, MAX, local_path_or_default


@pytest.mark.parametrize("path", ["/", "/console", "/console/acme/jobs/7?state=open&q=a%20b", "/a//b", "/@x"])
def test_local_path_is_kept(path: str) -> None:
    assert local_path_or_default(path) == path


@pytest.mark.parametrize(
    "text",
    [
        "", "console", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "https://evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "/é", "/a b", '/"><script>', "/a#b",
        "/" + "a" * MAX,
    ],
)  # fmt: skip
def test_other_text_becomes_the_home_path(text: str) -> None:
    assert local_path_or_default(text) == HOME


@given(st.text(alphabet="/\\.:@?#%ab\t\n\r é", max_size=12))
def test_no_text_leads_to_another_host(text: str) -> None:
    base = "https://laurel.example"
    assert urlsplit(urljoin(base, local_path_or_default(text))).netloc == "laurel.example"
    assert urlsplit(base + local_path_or_default(text)).netloc == "laurel.example"
