"""What a sender writes, as an email quotes it."""

from __future__ import annotations

import pytest

from chalicelib.directory.contact.message import quoted_lines, quoted_name, unlinked

JOINER = "\u2060"
DOMAINS = {
    "latin": "example.com",
    "devanagari": "हिन्दी.com",
    "devanagari-both": "हिन्दी.भारत",
    "thai": "ที่นี่.ไทย",
    "tamil": "தமிழ்.இந்தியா",
    "arabic": "مثال.إختبار",
    "chinese": "例子。中国",
    "emoji": "i❤.ws",
    "emoji-only": "❤️.ws",
    "combining": "cafe\u0301.fr",
    "hyphen": "a-.example",
    "path": "例/❤",
}


@pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS)
def test_no_script_makes_a_domain_that_an_email_client_turns_into_a_link(domain: str) -> None:
    (line,) = quoted_lines(f"See {domain} now.")
    assert domain not in line
    assert line.replace(JOINER, "") == f"See {domain} now."
    assert domain not in quoted_name(domain)


def test_sentences_stay_as_they_were_written() -> None:
    text = "Dear Ada, we know rivers. Do you? Time: noon."
    assert unlinked(text) == text
