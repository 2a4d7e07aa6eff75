"""The daily limits that the console and its documentation name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.award.issuing.quota import PROVEN_PER_DAY, UNPROVEN_PER_DAY
from chalicelib.delivery.limits.quota import PROVEN_ISSUER, UNPROVEN_ISSUER
from tests.http.console.test_bulk import check, text_of
from tests.http.fake_laurel import Laurel
from tests.http.signed_in import Browser

AMOUNTS = (UNPROVEN_PER_DAY, UNPROVEN_ISSUER.max_count, PROVEN_PER_DAY, PROVEN_ISSUER.max_count)
PEOPLE = "Grace Hopper <grace@example.org>"


def make_unidentified(laurel: Laurel) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store.replace_issuer(replace(issuer, registered_as=None, domains=(), version=issuer.version + 1))


@pytest.mark.parametrize("page", ["settings", "domains"])
def test_an_unidentified_issuer_sees_both_limits(owner: Browser, laurel: Laurel, page: str) -> None:
    make_unidentified(laurel)
    text = text_of(owner.get(f"/console/fernhill/{page}"))
    assert all(f"{amount:,} " in text for amount in AMOUNTS)


def test_a_registered_issuer_sees_its_limit_only(owner: Browser) -> None:
    text = text_of(owner.get("/console/fernhill/settings"))
    assert f"You can issue {PROVEN_PER_DAY:,} credentials a day. Your emails are not limited." in text
    assert "After you verify a domain" not in text


def test_the_documentation_names_the_same_limits() -> None:
    text = (Path(__file__).parents[3] / "docs/console.md").read_text()
    assert f"{UNPROVEN_PER_DAY} credentials and send {UNPROVEN_ISSUER.max_count} emails a day" in text
    assert f"{PROVEN_PER_DAY:,} credentials and send {PROVEN_ISSUER.max_count:,} emails a day" in text


def test_the_check_says_how_the_emails_of_an_unidentified_issuer_differ(
    owner: Browser, editor: Browser, laurel: Laurel
) -> None:
    warning = "the email does not name the achievement"
    assert warning not in text_of(check(owner, laurel, PEOPLE))
    make_unidentified(laurel)
    page = check(owner, laurel, PEOPLE)
    assert warning in text_of(page)
    assert f"at most {UNPROVEN_ISSUER.max_count} emails a day" in text_of(page)
    assert '/console/fernhill/domains">Verify a domain</a>' in page.text
    assert "An owner of your organization can verify a domain." in text_of(check(editor, laurel, PEOPLE))
    assert warning not in text_of(check(owner, laurel, "Grace Hopper"))
    assert warning not in text_of(check(owner, laurel, PEOPLE, notify=""))
