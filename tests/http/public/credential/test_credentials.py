"""`/c/{id}` and `/v1/credentials/{id}`: formats, verdicts and events."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.analytics.event import Kind
from chalicelib.errors import Unavailable
from tests.http.fake_laurel import BASE_URL, KINDS, VERDICTS, Laurel, id_of
from tests.http.gateway import HTML, Gateway

REPORT = {"verdict", "checked_at", "format", "credential", "findings", "not_checked", "issuer_check"}
FINDING = {"number", "check", "outcome", "code", "message", "evidence"}


def kinds(laurel: Laurel) -> list[Kind]:
    return [event.kind for event in laurel.event_store.events.values()]


@pytest.mark.parametrize("kind", KINDS)
def test_each_credential_has_the_same_verdict_in_every_format(client: Gateway, laurel: Laurel, kind: str) -> None:
    verdict = VERDICTS.get(kind, kind)
    assert client.get(laurel.url(kind)).json["verdict"] == verdict
    assert client.get(f"/v1/credentials/{id_of(kind)}").json["verdict"] == verdict
    assert client.get(f"/v1/credentials/{id_of(kind)}/report").json["verdict"] == verdict
    page = client.get(laurel.url(kind), accept=HTML)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_report_shape(client: Gateway, laurel: Laurel) -> None:
    report = client.get(f"/v1/credentials/{id_of('revoked')}/report").json
    assert set(report) == REPORT
    assert report["checked_at"] == "2026-11-22T12:00:00Z"
    assert [finding["number"] for finding in report["findings"]] == list(range(1, 11))
    assert all(set(finding) == FINDING for finding in report["findings"])
    status = report["findings"][6]
    assert (status["outcome"], status["code"]) == ("failed", "revoked")
    assert set(status["evidence"][0]) == {"url", "fetched_at", "sha256"}


def test_report_is_the_same_at_both_urls(client: Gateway, laurel: Laurel) -> None:
    assert client.get(laurel.url("valid")).json == client.get(f"/v1/credentials/{id_of('valid')}/report").json


def test_summary_shape(client: Gateway, laurel: Laurel) -> None:
    summary = client.get(f"/v1/credentials/{id_of('revoked')}").json
    lists = [f"{BASE_URL}/status/{entry.list_id}" for entry in laurel.issuer_store.record(id_of("revoked")).entries]
    assert {name: summary[name] for name in ("id", "url", "verdict", "checked_at", "status", "links")} == {
        "id": id_of("revoked"),
        "url": f"{BASE_URL}/c/{id_of('revoked')}",
        "verdict": "revoked",
        "checked_at": "2026-11-22T12:00:00Z",
        "status": {"state": "revoked", "at": "2026-11-19T12:00:00Z", "reason": "Issued to the wrong person."},
        "links": {
            "page": f"{BASE_URL}/c/{id_of('revoked')}",
            "report": f"{BASE_URL}/v1/credentials/{id_of('revoked')}/report",
            "status_lists": lists,
        },
    }
    assert summary["credential"]["holder"]["name"] == "Ada Nwosu"
    assert summary["issuer_check"] == "passed"


@pytest.mark.parametrize("kind", ["tampered", "wrong_signer"])
def test_claims_of_an_unproven_credential_are_not_returned(client: Gateway, laurel: Laurel, kind: str) -> None:
    assert client.get(f"/v1/credentials/{id_of(kind)}").json["credential"] is None
    assert client.get(laurel.url(kind)).json["credential"] is None


@pytest.mark.parametrize("media_type", ["application/vc", "application/ld+json"])
def test_signed_credential_is_returned_byte_for_byte(client: Gateway, laurel: Laurel, media_type: str) -> None:
    response = client.get(laurel.url("valid"), accept=media_type)
    assert response.headers["content-type"] == media_type
    assert response.body == laurel.issuer_store.record(id_of("valid")).document


def test_jwt_is_returned_if_the_credential_has_one(client: Gateway, laurel: Laurel) -> None:
    response = client.get(laurel.url("valid"), accept="application/vc+jwt")
    assert response.headers["content-type"] == "application/vc+jwt"
    assert response.text == laurel.issuer_store.record(id_of("valid")).jwt


def test_406_for_a_missing_jwt_lists_the_available_types(client: Gateway, laurel: Laurel) -> None:
    response = client.get(laurel.url("expired"), accept="application/vc+jwt")
    assert (response.status, response.json["code"]) == (406, "not_acceptable")
    assert response.json["available"] == ["application/json", "text/html", "application/vc", "application/ld+json"]
    assert laurel.event_store.events == {}


def test_credential_without_a_jwt_falls_back_to_the_next_accepted_type(client: Gateway, laurel: Laurel) -> None:
    response = client.get(laurel.url("expired"), accept="application/vc+jwt, application/vc;q=0.5")
    assert response.headers["content-type"] == "application/vc"
    assert kinds(laurel) == [Kind.DOWNLOAD]


def test_406_lists_the_available_types(client: Gateway, laurel: Laurel) -> None:
    response = client.get(laurel.url("valid"), accept="image/png")
    assert response.status == 406
    assert "application/vc+jwt" in response.json["available"]
    assert laurel.event_store.events == {}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (HTML, Kind.VIEW),
        ("*/*", Kind.VERIFICATION),
        ("application/vc", Kind.DOWNLOAD),
        ("application/ld+json", Kind.DOWNLOAD),
        ("application/vc+jwt", Kind.DOWNLOAD),
    ],
)
def test_each_format_records_its_own_event_kind(client: Gateway, laurel: Laurel, accept: str, kind: Kind) -> None:
    client.get(laurel.url("valid"), accept=accept)
    assert kinds(laurel) == [kind]


def test_api_requests_are_recorded_as_verifications(client: Gateway, laurel: Laurel) -> None:
    client.get(f"/v1/credentials/{id_of('valid')}")
    client.get(f"/v1/credentials/{id_of('valid')}/report")
    client.post(f"/v1/credentials/{id_of('valid')}/report", b'{"recipient":{"email":"ada@example.org"}}')
    assert kinds(laurel) == [Kind.VERIFICATION] * 3


def test_head_records_no_event(client: Gateway, laurel: Laurel) -> None:
    for accept in (HTML, "*/*", "application/vc"):
        client.head(laurel.url("valid"), accept=accept)
    client.head(f"/v1/credentials/{id_of('valid')}/report")
    assert laurel.event_store.events == {}


def test_page_is_served_and_the_event_logged_when_the_event_store_fails(client: Gateway, laurel: Laurel) -> None:
    laurel.event_store.fault = Unavailable("down")
    assert client.get(laurel.url("valid"), accept=HTML).status == 200
    assert [event.kind for event, _ in laurel.fallback.kept] == [Kind.VIEW]


def test_404_of_the_api_mentions_an_id_and_404_of_a_page_a_link(client: Gateway) -> None:
    for path in (f"/v1/credentials/{'q' * 26}", f"/v1/credentials/{'q' * 26}/report"):
        assert client.get(path).json["detail"].startswith("There is no credential with this id.")
    assert client.get(f"/c/{'q' * 26}").json["detail"].startswith("Check that you copied the whole link")


@pytest.mark.parametrize("path", ["/c/{}", "/v1/credentials/{}", "/v1/credentials/{}/report"])
@pytest.mark.parametrize("accept", ["*/*", HTML])
def test_unknown_and_malformed_ids_get_the_same_404(client: Gateway, path: str, accept: str) -> None:
    ids = ("q" * 26, "nothing", "A" * 26, "a" * 27, "a%2e%2e", "<b>", "é" * 26, "0" * 26)
    responses = [client.get(path.format(credential_id), accept=accept) for credential_id in ids]
    assert {response.status for response in responses} == {404}
    assert len({(response.body, tuple(sorted(response.headers.items()))) for response in responses}) == 1


@pytest.mark.parametrize(
    ("email", "outcome", "verdict"),
    [
        ("ada@example.org", "passed", "valid"),
        ("Ada@Example.org", "passed", "valid"),
        ("eve@example.org", "failed", "invalid"),
    ],
)
def test_recipient_is_compared_on_request(client: Gateway, email: str, outcome: str, verdict: str) -> None:
    body = json.dumps({"recipient": {"email": email}}).encode()
    report = client.post(f"/v1/credentials/{id_of('valid')}/report", body).json
    assert (report["findings"][8]["outcome"], report["verdict"]) == (outcome, verdict)
    assert email not in json.dumps(report)


def test_revocation_takes_effect_on_the_next_request(client: Gateway, laurel: Laurel) -> None:
    from chalicelib.award.issuing import status_changes

    assert client.get(laurel.url("valid")).json["verdict"] == "valid"
    status_changes.revoke(laurel.issuer_context, "fernhill", id_of("valid"))
    response = client.get(laurel.url("valid"))
    assert (response.json["verdict"], response.headers["cache-control"]) == ("revoked", "no-store")


def test_page_of_an_old_version_links_to_the_newest_one(client: Gateway, laurel: Laurel) -> None:
    for old, new in (("expired", "not_yet_valid"), ("not_yet_valid", "valid")):
        laurel.put(replace(laurel.issuer_store.record(id_of(old)), superseded_by=id_of(new)))
    page = client.get(laurel.url("expired"), accept=HTML).text
    assert f'<a class="button" href="{laurel.base_url}{laurel.url("valid")}">View the newest version</a>' in page
    assert "The version that replaced it has been replaced too." in page
    previous = client.get(laurel.url("not_yet_valid"), accept=HTML).text
    assert "View the new credential" in previous
    assert "has been replaced too" not in previous
    assert client.get(f"/v1/credentials/{id_of('expired')}").json["replaced_by"]["id"] == id_of("not_yet_valid")
