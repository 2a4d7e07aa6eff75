"""The overview of an issuer: figures, what needs attention, recently issued credentials and next steps."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.award.issuing import issue, reissue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.reissue import Changes
from chalicelib.credential.build import Holder
from chalicelib.delivery.limits.reputation import Counts, Problem, Reputation
from chalicelib.http.console.overview import overview_figures
from tests.http.console.test_bulk import achievement, text_of
from tests.http.console.test_credentials import listed_ids
from tests.http.console.test_limits import make_unidentified
from tests.http.fake_laurel import NOW, Laurel
from tests.http.public.test_pages import Outline
from tests.http.signed_in import Browser

HERE = "/console/fernhill"


def test_figures_link_to_the_lists_that_they_count(viewer: Browser, laurel: Laurel) -> None:
    until = NOW + timedelta(days=3)
    issue.issue(laurel.issuer_context, Award("fernhill", achievement(laurel), Holder("Noor Ahmed"), valid_until=until))
    page = viewer.get(HERE)
    shown = " ".join(text_of(page).split())
    for figure, state, number in (
        ("9 issued", "", 9),
        ("6 valid", "?state=active", 6),
        ("1 expired", "?state=expired", 1),
        ("1 suspended", "?state=suspended", 1),
        ("1 revoked", "?state=revoked", 1),
        ("0 replaced by a correction", "?state=corrected", 0),
        ("1 credential expires within 30 days", "?state=expiring", 1),
    ):
        assert figure in shown
        assert f"{laurel.base_url}{HERE}/credentials{state}" in Outline(page.text).attributes("href")
        assert len(listed_ids(viewer.get(f"{HERE}/credentials{state}").text)) == number
    assert "1 credential is suspended" in shown


def test_the_figures_add_up_to_the_number_issued(laurel: Laurel) -> None:
    award = Award("fernhill", achievement(laurel), Holder("Noor Ahmed"), valid_until=NOW + timedelta(days=3))
    old = issue.issue(laurel.issuer_context, award)
    reissue.correct(laurel.issuer_context, "fernhill", old.id, Changes(name="Nour Ahmed"))
    rows = laurel.issuer_store.rows("fernhill", None, 100)
    for now in (NOW, NOW + timedelta(days=30)):
        counts = overview_figures.count(rows, now)
        groups = (counts.valid, counts.expired, counts.suspended, counts.revoked, counts.corrected)
        assert counts.corrected > 0
        assert sum(groups) == counts.issued == len(rows)


def test_renewed_credential_needs_no_attention(viewer: Browser, laurel: Laurel) -> None:
    until = NOW + timedelta(days=3)
    old = issue.issue(
        laurel.issuer_context, Award("fernhill", achievement(laurel), Holder("Noor Ahmed"), valid_until=until)
    )
    reissue.renew(laurel.issuer_context, "fernhill", old.id, NOW + timedelta(days=300))
    shown = " ".join(text_of(viewer.get(HERE)).split())
    assert "1 credential expires within 30 days" not in shown
    assert listed_ids(viewer.get(f"{HERE}/credentials?state=expiring").text) == []


def test_menu_has_every_page_of_the_sidebar_and_the_account(owner: Browser) -> None:
    page = owner.get(HERE).text
    menu, sidebar = page.split('<details class="menu">')[1].split("</details>", 1)
    assert "Sign out" in menu
    assert 'aria-current="page">Overview' in menu
    links = list(Outline(sidebar.split("</nav>")[0]).attributes("href"))
    assert len(links) == 10
    assert set(links) <= set(Outline(menu).attributes("href"))


def test_address_breaks_before_its_at_sign(owner: Browser, laurel: Laurel) -> None:
    for holder in (Holder("Edith", "edith.longername@administration.example"), Holder("Bo", "bo@example.org")):
        issue.issue(laurel.issuer_context, Award("fernhill", achievement(laurel), holder))
    page = owner.get("/console/fernhill").text
    assert "edith.longername<wbr>@administration.example" in page
    assert ">bo<wbr>@example.org<" in page


def test_members_who_cannot_prove_the_identity_are_told_who_can(editor: Browser, laurel: Laurel) -> None:
    assert "identity is not proven" not in text_of(editor.get(HERE))
    make_unidentified(laurel)
    page = " ".join(text_of(editor.get(HERE)).split())
    assert "Your organization’s identity is not proven yet" in page
    assert "An owner can fix this: ask one to verify a domain." in page


def test_overview_says_when_nothing_needs_attention(editor: Browser, laurel: Laurel) -> None:
    for one in list(laurel.issuer_store.records("fernhill")):
        laurel.issuer_store._records.pop(one.id)
    assert "Nothing needs your attention." not in text_of(editor.get(HERE))
    holder = Holder("Bo", "bo@example.org")
    issue.issue(laurel.issuer_context, Award("fernhill", achievement(laurel), holder))
    assert "Nothing needs your attention." in text_of(editor.get(HERE))


def test_a_pause_of_the_emails_is_shown_first(viewer: Browser, laurel: Laurel) -> None:
    assert "Emails to holders are paused" not in text_of(viewer.get(HERE))
    found = Reputation("fernhill", NOW, Counts(40, 6), paused_at=NOW, reason=Problem.BOUNCED)
    laurel.delivery_store.save_reputation(found)
    shown = " ".join(text_of(viewer.get(HERE)).split())
    assert "Emails to holders have been paused since" in shown
    assert "6 of the last 40 emails bounced." in shown
    assert "are held until the operator of this service resumes sending" in shown
