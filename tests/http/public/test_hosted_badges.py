"""The page of a hosted badge says what it proves: the word of its site, and no key."""

from __future__ import annotations

import json

import pytest

from tests.http.fake_laurel import Laurel
from tests.http.gateway import HTML, Gateway
from tests.http.senders import FORM, filled_form
from tests.verify.formats.old_badges import ASSERTION, hosted_web


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_page_says_that_there_is_no_signature_and_names_no_key(client: Gateway, laurel: Laurel, lang: str) -> None:
    laurel.remote_sources.pages = {url: json.dumps(page).encode() for url, page in hosted_web().items()}
    body = filled_form(ASSERTION)
    html = client("POST", "/", body=body, accept=HTML, content_type=FORM, accept_language=lang).text
    line = html.partition("</section>")[0]
    assert ("It has no signature" if lang == "en" else "Er hat keine Signatur") in line
    assert "badges.fernhill.example" in line
    assert "signed with a key" not in html
    assert "key is published" not in html


def test_the_report_of_a_hosted_badge_says_what_it_rests_on(client: Gateway, laurel: Laurel) -> None:
    laurel.remote_sources.pages = {url: json.dumps(page).encode() for url, page in hosted_web().items()}
    report = json.loads(client.post("/v1/verify", ASSERTION.encode()).body)
    assert (report["verdict"], report["findings"][3]["code"]) == ("valid", "hosted_matches")
