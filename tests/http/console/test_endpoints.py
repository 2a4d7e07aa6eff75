"""Endpoints in the console: create, test, pause, send again, delete."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.award import daily_limits
from chalicelib.award.endpoints import endpoint_actions
from chalicelib.award.endpoints.endpoint import Endpoint, Pause, State
from tests.http.fake_laurel import Laurel
from tests.http.signed_in import Browser

HERE = "/console/fernhill/endpoints"
FORM = {"url": "https://crm.example/laurel", "kind_issued": "yes", "kind_shared": "yes", "do": "save"}


def created(browser: Browser, laurel: Laurel) -> Endpoint:
    reply = browser.post(f"{HERE}/new", FORM)
    assert (reply.status, "Copy this secret now." in reply.text) == (200, True)
    (found,) = laurel.endpoint_store.endpoints("fernhill")
    return found


def test_an_endpoint_is_created_with_its_kinds(owner: Browser, laurel: Laurel) -> None:
    assert "No endpoints yet" in owner.get(HERE).text
    endpoint = created(owner, laurel)
    assert (endpoint.url, endpoint.kinds) == ("https://crm.example/laurel", ("issued", "shared"))
    page = owner.get(f"{HERE}/{endpoint.id}").text
    assert "whsec_" not in page
    assert 'id="kind_shared" name="kind_shared" type="checkbox" value="yes" checked' in page
    assert "crm.example" in owner.get(HERE).text


def test_resubmitting_the_form_creates_no_second_endpoint(owner: Browser, laurel: Laurel) -> None:
    form_id = re.search(r'name="form" value="([a-z2-7]+)"', owner.get(f"{HERE}/new").text)
    assert form_id is not None
    owner.post(f"{HERE}/new", {**FORM, "form": form_id[1]})
    again = owner.post(f"{HERE}/new", {**FORM, "form": form_id[1]})
    (endpoint,) = laurel.endpoint_store.endpoints("fernhill")
    assert again.headers["location"].endswith(f"{HERE}/{endpoint.id}?did=endpoint_made_before")


@pytest.mark.parametrize("field", ["id", "form"])
def test_a_form_cannot_choose_the_id_of_an_endpoint(owner: Browser, laurel: Laurel, field: str) -> None:
    """A member of another issuer could give their own endpoint the id of this one, and let it fail."""
    owner.post(f"{HERE}/new", {**FORM, field: "a" * 26})
    (endpoint,) = laurel.endpoint_store.endpoints("fernhill")
    assert endpoint.id != "a" * 26
    assert endpoint_actions.id_of("fernhill", "a" * 26) != endpoint_actions.id_of("oakton", "a" * 26)


def test_errors_are_shown_at_their_fields(owner: Browser, laurel: Laurel) -> None:
    reply = owner.post(f"{HERE}/new", {**FORM, "url": "https://10.0.0.1/"})
    assert (reply.status, 'href="#url"' in reply.text) == (422, True)
    reply = owner.post(f"{HERE}/new", {"url": "https://crm.example/"})
    assert (reply.status, 'href="#kind_issued"' in reply.text) == (422, True)
    assert list(laurel.endpoint_store.endpoints("fernhill")) == []


def test_a_failed_message_is_shown_and_sent_again(owner: Browser, laurel: Laurel) -> None:
    endpoint = created(owner, laurel)
    page = f"{HERE}/{endpoint.id}"
    assert owner.post(page, {"do": "test"}).headers["location"].endswith("did=endpoint_tested")
    ((key, message),) = laurel.endpoint_store.sent.items()
    laurel.endpoint_store.sent[key] = replace(message, state=State.FAILED, attempts=14, status=503, version=2)
    shown = owner.get(page).text
    assert "14 attempts, status 503" in shown
    assert owner.post(page, {"do": "replay_failed"}).status == 303
    assert laurel.endpoint_store.sent[key].state is State.WAITING
    assert owner.post(page, {"do": "replay", "message": "gone"}).headers["location"].endswith("did=message_expired")


def test_a_test_message_over_the_daily_limit_is_explained_and_the_settings_stay(
    owner: Browser, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_limits, "QUEUED_MESSAGES", replace(daily_limits.QUEUED_MESSAGES, unproven=0, proven=0))
    page = f"{HERE}/{created(owner, laurel).id}"
    shown = owner.post(page, {"do": "test"})
    assert (shown.status, "test and repeated messages to its endpoints a day" in shown.text) == (422, True)
    assert 'value="https://crm.example/laurel"' in shown.text
    assert laurel.endpoint_store.sent == {}


def test_a_paused_endpoint_is_on_the_overview_and_can_be_resumed(owner: Browser, laurel: Laurel) -> None:
    endpoint = created(owner, laurel)
    laurel.endpoint_store.replace_endpoint(replace(endpoint, paused=Pause.FAILING, failing_since=laurel.now, version=2))
    assert "An endpoint was paused" in owner.get("/console/fernhill").text
    page = f"{HERE}/{endpoint.id}"
    assert "accepted no message for three days" in owner.get(page).text
    assert owner.post(page, {"do": "resume", "version": "1"}).status == 422
    assert owner.post(page, {"do": "resume", "version": "2"}).status == 303
    resumed = laurel.endpoint_store.endpoint("fernhill", endpoint.id)
    assert (resumed.paused, resumed.failing_since) == (None, None)
    assert owner.post(page, {"do": "pause", "version": "3"}).status == 303
    assert owner.post(page, {"do": "rotate", "version": "4"}).text.count("whsec_") == 1
    assert owner.post(page, {**FORM, "url": "https://other.example/", "version": "5"}).status == 303
    assert laurel.endpoint_store.endpoint("fernhill", endpoint.id).url == "https://other.example/"
    assert owner.post(page, {"do": "remove"}).headers["location"].startswith(f"http://localhost:8000{HERE}?")
    assert list(laurel.endpoint_store.endpoints("fernhill")) == []
