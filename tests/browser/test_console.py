"""The console in a real browser: it works without script, logs nothing, is accessible and fits the screen."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.access import tokens
from chalicelib.access.roles import Role
from chalicelib.award.endpoints.endpoint import Message, State
from chalicelib.award.images import default_badge
from chalicelib.award.issuers import domain_proof
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.webhooks.webhook import Delivery, Outcome
from chalicelib.credential.build import Holder
from tests.browser.broken_words import broken_words
from tests.browser.signed_in import console, member
from tests.browser.widths import (
    ON_A_LAPTOP,
    ON_A_PHONE,
    WIDTHS,
    assert_accessible,
    assert_accessible_and_fits,
    violations,
)
from tests.http.fake_laurel import NOW, Laurel, id_of, picture, seeded

REFUSED = (
    "error: Failed to load resource: the server responded with a status of "
    f"422 ({HTTPStatus.UNPROCESSABLE_ENTITY.phrase})"  # differs between Python versions
)
"""The message that Chromium logs for a page with status 422."""
OWNER = "olu@fernhill.example"
VALID = f"/console/fernhill/credentials/{id_of('valid')}"
PAGES = {
    "home": "/console?all=1",
    "signed-in": "/sign-in",
    "start": "/console?for=holder",
    "new": "/console/new",
    "overview": "/console/fernhill",
    "achievements": "/console/fernhill/achievements",
    "achievement": "/console/fernhill/achievements/new",
    "issue": "/console/fernhill/issue",
    "credentials": "/console/fernhill/credentials",
    "no-results": "/console/fernhill/credentials?q=nobody",
    "credential": VALID,
    "revoke": f"{VALID}/revoke",
    "correct": f"{VALID}/correct",
    "members": "/console/fernhill/members",
    "member": f"/console/fernhill/members/change?email={OWNER}",
    "api-keys": "/console/fernhill/api-keys",
    "settings": "/console/fernhill/settings",
    "key": f"/console/fernhill/keys/{seeded().issuer_store.issuer('fernhill').signing_key.fragment}",
    "domains": "/console/fernhill/domains",
    "erasures": "/console/fernhill/erasures",
    "pathways": "/console/fernhill/pathways",
    "pathway": "/console/fernhill/pathways/new",
    "webhooks": "/console/fernhill/webhooks",
    "webhook": "/console/fernhill/webhooks/new",
    "endpoints": "/console/fernhill/endpoints",
    "endpoint": "/console/fernhill/endpoints/new",
}
EACH_WIDTH = pytest.mark.parametrize("width", WIDTHS)
EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>\u202e{{7*7}}'


@pytest.fixture(autouse=True)
def people(laurel: Laurel) -> None:
    member(laurel, OWNER)
    member(laurel, "edith.longername@administration.fernhill.example", role=Role.EDITOR)
    member(laurel, "vi@fernhill.example", role=Role.VIEWER)
    prove_domain(laurel, "fernhill.example")
    if not list(tokens.of_issuer(laurel.access_context, "fernhill")):
        tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "Moodle", OWNER)
        name = "A script with a name that is long enough to wrap"
        tokens.make(laurel.access_context, "fernhill", Role.EDITOR, name, OWNER, member=OWNER)


def prove_domain(laurel: Laurel, domain: str) -> None:
    """Prove the issuer's domain with the DNS record that its owner would create."""
    (name, text), _ = domain_proof.instructions(laurel.issuer_store.issuer("fernhill"), domain)
    laurel.domain_reader.texts[name] = [text]
    domain_proof.prove(laurel.domain_prover, "fernhill", domain)


@pytest.mark.parametrize("kind", PAGES)
def test_page_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, kind: str
) -> None:
    with console(chromium, laurel, PAGES[kind]) as (page, messages):
        assert messages == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 812})
            assert broken_words(page) == []
        assert_accessible_and_fits(page, screenshots, f"console-{kind}")


def test_menu_on_a_phone_takes_one_line_and_opens_without_script(
    chromium: Browser, laurel: Laurel, screenshots: Path
) -> None:
    context_options = {"viewport": {"width": 375, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill", **context_options) as (page, messages):
        assert page.locator("header.top").bounding_box()["height"] <= 57  # type: ignore[index] # with its border
        expect(page.get_by_role("link", name="Members")).to_have_count(0)
        page.locator("details.menu > summary").click()
        assert_accessible(chromium, page, screenshots / "console-menu-375.png")
        page.get_by_role("link", name="Members").click()
        expect(page.get_by_role("heading", name="Members")).to_be_visible()
        assert messages == []


def test_escape_closes_the_menu_of_actions(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    with console(chromium, laurel, VALID) as (page, messages):
        menu = page.locator("details.actions")
        menu.locator("summary").click()
        page.screenshot(path=screenshots / "console-actions-1280.png")
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Revoke credential")).to_be_hidden()
        expect(menu.locator("summary")).to_be_focused()
        assert messages == []


def test_api_key_is_copied_with_one_button(chromium: Browser, laurel: Laurel) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with console(chromium, laurel, "/console/fernhill/api-keys", permissions=permissions) as (page, messages):
        page.get_by_label("Name", exact=True).fill("Copied")
        page.get_by_role("button", name="Create API key").click()
        page.get_by_role("button", name="Copy API key").click()
        expect(page.get_by_text("Copied.", exact=True)).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == page.locator("code.secret").inner_text()
        assert violations(page) == []
        assert messages == []


@ON_A_PHONE
def test_a_list_is_checked_corrected_and_issued(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    context_options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/issue", **context_options) as (page, messages):
        page.get_by_label("Achievement", exact=True).select_option(label="Data analysis in practice")
        rows = page.get_by_label("Recipients", exact=True)
        rows.fill("name,email,valid_until\nGrace Hopper,grace@@,2027-12-31\nMary Seacole,mary@example.org,soon\n")
        page.get_by_role("button", name="Check list").click()
        expect(page.get_by_role("heading", name="2 of 2 rows have errors")).to_be_visible()
        expect(page.get_by_text("Enter a date such as 2027-12-31.")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-errors-{width}.png")
        rows.fill("name,email,valid_until\nGrace Hopper,grace@gmial.com,2027-12-31\nMary Seacole,,\n")
        page.get_by_role("button", name="Check list again").click()
        expect(page.get_by_role("heading", name="2 rows, no errors")).to_be_visible()
        expect(page.get_by_text("gmail.com?")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-checked-{width}.png")
        page.get_by_role("button", name="Issue 2 credentials").click()
        expect(page.get_by_role("heading", name="2 credentials issued")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-issued-{width}.png")
        page.get_by_role("link", name="Open the credential of Grace Hopper").click()
        expect(page.get_by_role("heading", name="Grace Hopper")).to_be_visible()
        assert messages == []


@ON_A_LAPTOP
def test_credential_is_found_and_revoked(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    (achievement,) = [one.id for one in laurel.issuer_store.achievements("fernhill") if one.name.startswith("Data")]
    name = f"Rosalind {width}"
    issue.issue(laurel.issuer_context, Award("fernhill", achievement, Holder(name, f"r{width}@example.org")))
    context_options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/credentials", **context_options) as (page, messages):
        page.get_by_label("Name or email address").fill(f"rosalind {width}")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=name).click()
        page.get_by_text("Actions", exact=True).click()
        page.get_by_role("link", name="Revoke credential").click()
        expect(page.get_by_text("You cannot undo this.")).to_be_visible()
        page.get_by_role("button", name="Revoke credential").click()
        expect(page.get_by_role("alert")).to_be_focused()
        assert_accessible(chromium, page, screenshots / f"console-revoke-error-{width}.png")
        page.get_by_role("alert").get_by_role("link").click()
        expect(page.get_by_label("Reason")).to_be_focused()
        page.get_by_label("Reason").fill("Given to the wrong person.")
        page.get_by_role("button", name="Revoke credential").click()
        expect(page.get_by_text("Credential revoked.")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-revoked-{width}.png")
        assert messages == [REFUSED]


def fill_in_achievement(page: Page, tmp_path: Path) -> None:
    """Fill in the achievement form."""
    file = tmp_path / "badge.png"
    file.write_bytes(picture())
    page.get_by_label("Name", exact=True).first.fill("Watercolour, first steps")
    page.get_by_label("Kind").select_option("Course")
    page.get_by_label("Description", exact=True).fill("Paints a landscape from life.")
    page.get_by_label("Criteria").fill("Finished three paintings.\n\nOut of doors.")
    page.get_by_label("Badge image (optional)", exact=True).set_input_files(file)
    page.get_by_label("Image description").fill("A brush on blue ground")


def test_preview_follows_what_is_typed(chromium: Browser, laurel: Laurel, screenshots: Path, tmp_path: Path) -> None:
    with console(chromium, laurel, "/console/fernhill/achievements/new") as (page, messages):
        fill_in_achievement(page, tmp_path)
        page.get_by_label("Name", exact=True).nth(1).fill("paint")
        preview = page.get_by_role("region", name="Preview")
        for text in ("Watercolour, first steps", "Course", "Paints a landscape from life.", "paint"):
            expect(preview.get_by_text(text, exact=True)).to_be_visible()
        expect(preview.get_by_text("Finished three paintings.")).to_be_visible()
        page.wait_for_function("document.querySelector('.preview img').naturalWidth === 64")
        expect(page.get_by_role("button", name="Preview")).to_be_hidden()
        page.screenshot(path=screenshots / "console-preview-1280.png", full_page=True)
        page.get_by_label("Kind", exact=True).select_option("CertificateOfCompletion")
        expect(preview.get_by_text("Certificate of completion", exact=True)).to_be_visible()
        expect(preview.get_by_text("Enrol", exact=True)).to_be_hidden()
        page.get_by_label("Enrolment page (optional)", exact=True).fill("fernhill.example/enrol")
        expect(preview.get_by_text("Enrol", exact=True)).to_be_visible()
        page.get_by_label("Name", exact=True).first.fill(EVIL)
        expect(preview.get_by_text("onerror")).to_be_visible()
        assert violations(page) == []
        assert messages == []


def test_headers_and_addresses_are_not_broken_inside_a_word(chromium: Browser, laurel: Laurel) -> None:
    """A header has one line, and an address breaks at most once, before its @."""
    holder = Holder("Ida", "ida.longername@administration.fernhill.example")
    issue.issue(laurel.issuer_context, Award("fernhill", next(laurel.issuer_store.achievements("fernhill")).id, holder))
    lines = "(all) => all.map((one) => { const range = document.createRange(); range.selectNodeContents(one); "
    lines += "return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size; })"
    options = {"viewport": {"width": 1280, "height": 812}}
    with console(chromium, laurel, "/console/fernhill/credentials?q=ida", **options) as (page, _):
        assert max(page.locator("td .small").evaluate_all(lines)) <= 2
    with console(chromium, laurel, "/console/fernhill/issue", **options) as (page, _):
        page.get_by_label("Recipients", exact=True).fill("name,email\nGrace Osei,grace.example.org\n")
        page.get_by_label("Achievement", exact=True).select_option(label="Data analysis in practice")
        page.get_by_role("button", name="Check list").click()
        expect(page.get_by_text("is not an email address")).to_be_visible()
        assert set(page.locator("th").evaluate_all(lines)) == {1}


def test_previewed_badge_has_the_initials_of_the_typed_name(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, "/console/fernhill/achievements/new") as (page, messages):
        for name in ("Ölmalerei für Anfänger", "data analysis in practice", "***", "R"):
            page.get_by_label("Name", exact=True).first.fill(name)
            source = page.locator(".preview img").get_attribute("src") or ""
            accent = laurel.issuer_store.issuer("fernhill").accent
            assert unquote(source.partition(",")[2]).encode() == default_badge.draw(name, accent)
        assert messages == []


@EACH_WIDTH
def test_added_row_is_focused_and_in_view(chromium: Browser, laurel: Laurel, width: int) -> None:
    path = "/console/fernhill/achievements/new"
    options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, path, **options) as (page, _):
        page.get_by_role("button", name="Add a skill").click()
        field = page.get_by_role("group", name="Skill 2").get_by_label("Name")
        expect(field).to_be_in_viewport()
        expect(field).to_be_focused()
        expect(page.get_by_text("Skill 2", exact=True)).to_be_in_viewport()


@ON_A_PHONE
def test_achievement_is_created_without_script(
    chromium: Browser, laurel: Laurel, screenshots: Path, tmp_path: Path, width: int
) -> None:
    context_options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/achievements/new", **context_options) as (page, messages):
        page.get_by_role("button", name="Create achievement").click()
        expect(page.get_by_role("heading", name="problems")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-achievement-errors-{width}.png")
        fill_in_achievement(page, tmp_path)
        page.get_by_role("button", name="Preview").click()
        preview = page.get_by_role("region", name="Preview")
        expect(preview.get_by_text("Paints a landscape from life.")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-preview-plain-{width}.png")
        # The image was kept, so it need not be chosen again.
        page.get_by_role("button", name="Create achievement").click()
        expect(page.get_by_text("Achievement saved.")).to_be_visible()
        assert messages == [REFUSED]


@ON_A_LAPTOP
def test_api_key_is_created_and_revoked(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    context_options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/api-keys", **context_options) as (page, messages):
        page.get_by_label("Name", exact=True).fill(f"Script {width}")
        page.get_by_role("button", name="Create API key").click()
        expect(page.get_by_text("Copy this key now.")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-api-key-{width}.png")
        page.get_by_role("link", name=f"Revoke Script {width}").click()
        expect(page.get_by_text("This cannot be undone.")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-api-key-revoke-{width}.png")
        page.get_by_role("button", name="Revoke API key").click()
        expect(page.get_by_text("API key revoked.")).to_be_visible()
        assert messages == []


@ON_A_PHONE
def test_webhook_is_set_up(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    context_options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/webhooks/new", **context_options) as (page, messages):
        page.get_by_label("Name", exact=True).fill(f"LMS {width}")
        page.get_by_label("Course 1").fill("DA-101")
        page.get_by_label("Achievement").first.select_option(label="Data analysis in practice")
        page.get_by_role("button", name="Create webhook").click()
        expect(page.get_by_text("Copy this secret now.")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-webhook-created-{width}.png")
        one = next(one for one in laurel.webhooks.webhooks("fernhill") if one.name == f"LMS {width}")
        for outcome, code in (
            (Outcome.IGNORED, None),
            (Outcome.DRY_RUN, None),
            (Outcome.REFUSED, "message_incomplete"),
        ):
            laurel.webhooks.add_delivery(one, Delivery(NOW, f"m-{outcome}", outcome, code, "DA-101", None, 2))
        page.goto(f"{laurel.base_url}/console/fernhill/webhooks/{one.id}")
        assert_accessible(chromium, page, screenshots / f"console-webhook-deliveries-{width}.png")
        assert messages == []


@EACH_WIDTH
def test_endpoint_is_set_up(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    context_options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/endpoints/new", **context_options) as (page, messages):
        page.get_by_label("URL", exact=True).fill("https://crm.example/a-path-that-is-long-enough-to-wrap/laurel")
        page.get_by_label("Email delivered").check()
        page.get_by_role("button", name="Create endpoint").click()
        expect(page.get_by_text("Copy this secret now.")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-endpoint-created-{width}.png")
        one = next(iter(laurel.endpoint_store.endpoints("fernhill")))
        for number, changes in enumerate(
            (
                {"state": State.DELIVERED, "status": 200},
                {"state": State.WAITING, "attempts": 2, "code": "timeout"},
                {"state": State.FAILED, "attempts": 14, "status": 503},
            )
        ):
            message = Message(f"{number:026}", "fernhill", one.id, "pathway_completed", "{}", NOW, NOW, attempts=1)
            laurel.endpoint_store.add_messages([replace(message, **changes)])
        page.goto(f"{laurel.base_url}/console/fernhill/endpoints/{one.id}")
        assert_accessible(chromium, page, screenshots / f"console-endpoint-messages-{width}.png")
        page.get_by_role("button", name="Send failed messages again").click()
        expect(page.get_by_text("Queued.")).to_be_visible()
        page.get_by_role("button", name="Delete endpoint").click()
        expect(page.get_by_text("Endpoint deleted.")).to_be_visible()
        assert messages == []


@EACH_WIDTH
def test_not_found_page_keeps_the_menu(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    context_options = {"viewport": {"width": width, "height": 812}}
    with console(chromium, laurel, "/console/fernhill/webhooks/nothing", **context_options) as (page, _):
        page.screenshot(path=screenshots / f"console-not-found-{width}.png", full_page=True)
        assert violations(page) == []
        page.reload()  # the check opens every menu
        page.get_by_role("link", name="Go to the overview").click()
        expect(page.get_by_role("heading", name="Fernhill")).to_be_visible()


def test_hostile_names_execute_no_script(chromium: Browser, laurel: Laurel) -> None:
    (achievement,) = [one.id for one in laurel.issuer_store.achievements("fernhill") if one.name.startswith("Data")]
    holder = Holder(EVIL.replace("\u202e", ""))  # names must not contain this character
    issued = issue.issue(laurel.issuer_context, Award("fernhill", achievement, holder))
    for path in ("/credentials?q=onerror", f"/credentials/{issued.id}", f"/credentials/{issued.id}/correct"):
        with console(chromium, laurel, f"/console/fernhill{path}") as (page, messages):
            expect(page.get_by_text("onerror=alert(1)").first).to_be_attached()
            page.wait_for_timeout(50)
            assert messages == []


def test_keyboard_order_matches_the_visual_order(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, "/console/fernhill/members", java_script_enabled=False) as (page, _):
        order = page.locator(".content :is(a, input:not([type=hidden]), select, button)")
        tops = [box["y"] for box in (item.bounding_box() for item in order.all()) if box]
        assert tops == sorted(tops)
        assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0


def test_viewer_sees_only_buttons_that_change_nothing_of_the_issuer(chromium: Browser, laurel: Laurel) -> None:
    allowed = "Sign out|Search|Leave Fernhill College|Email me this every month"
    for path in ("", "/achievements", "/credentials", VALID.removeprefix("/console/fernhill"), "/members"):
        with console(chromium, laurel, f"/console/fernhill{path}", "vi@fernhill.example") as (page, _):
            labels = [button.inner_text() for button in page.get_by_role("button").all()]
            assert [name for name in labels if not re.fullmatch(allowed, name)] == []
            assert page.get_by_role("link", name=re.compile(r"^(Issue\b|API keys|Settings|Edit)")).count() == 0
