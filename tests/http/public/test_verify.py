"""`POST /v1/verify`: envelopes, size limits and link failures."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chalicelib.analytics.event import Kind
from chalicelib.errors import TooMany, Unavailable
from chalicelib.http.input import form
from chalicelib.http.public import submission
from chalicelib.reports import pasted
from tests import makers
from tests.examples import examples
from tests.http import senders
from tests.http.fake_laurel import BASE_URL, KINDS, VERDICTS, Laurel, id_of
from tests.http.gateway import ADDRESS, HTML, Gateway, Response
from tests.http.public.credential.test_credentials import FINDING, REPORT
from tests.http.senders import FORM, envelope

LINK = "https://elsewhere.example/badge"
TYPES = [
    "application/json",
    "application/vc",
    "application/ld+json; profile=x",
    "application/vc+jwt",
    "application/jwt",
    "text/plain; charset=utf-8",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "image/png",
    "no type",
    "",
    None,
]


def verify(client: Gateway, body: bytes, content_type: str | None = "application/json", **headers: str) -> Response:
    typed = {} if content_type is None else {"content_type": content_type}
    return client("POST", "/v1/verify", body=body, **typed, **headers)


def bodies(laurel: Laurel) -> dict[str, bytes]:
    record = laurel.issuer_store.record(id_of("valid"))
    assert record.jwt is not None
    return {
        "credential": record.document,
        "token": record.jwt.encode(),
        "quoted token": json.dumps(record.jwt).encode(),
        "link": laurel.base_url.encode() + laurel.url("valid").encode(),
        "credential with a byte order mark": b"\xef\xbb\xbf" + record.document,
        "credential in white space": b"\r\n\t " + record.document + b" \n",
        "url": envelope(url=laurel.base_url + laurel.url("valid")),
        "url with a byte order mark": b"\xef\xbb\xbf" + envelope(url=laurel.base_url + laurel.url("valid")),
        "credential in an envelope": envelope(credential=json.loads(record.document)),
        "token in an envelope": envelope(credential=record.jwt),
    }


@pytest.mark.parametrize("content_type", TYPES)
def test_submission_type_is_detected_from_the_body_not_the_content_type(
    client: Gateway, laurel: Laurel, content_type: str | None
) -> None:
    for name, body in bodies(laurel).items():
        response = verify(client, body, content_type)
        assert (response.status, response.json.get("verdict")) == (200, "valid"), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_verdict_is_a_200(client: Gateway, laurel: Laurel, kind: str) -> None:
    response = verify(client, laurel.issuer_store.record(id_of(kind)).document)
    # Nothing is read from the stored record, so the status list that the record lacks is found through the credential.
    expected = "valid" if kind == "unreachable_status" else VERDICTS.get(kind, kind)
    assert (response.status, response.json["verdict"]) == (200, expected)
    assert set(response.json) == REPORT
    assert all(set(finding) == FINDING for finding in response.json["findings"])


def test_response_is_always_json_and_not_cached(client: Gateway, laurel: Laurel) -> None:
    response = verify(client, bodies(laurel)["token"], accept=HTML)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("name", ["credential", "file", "badge", ""])
def test_an_uploaded_file_may_have_any_field_name(client: Gateway, laurel: Laurel, name: str) -> None:
    for sent in ("credential", "token", "link"):
        body = senders.form((name, bodies(laurel)[sent], "badge.json"))
        assert verify(client, body, FORM).json["verdict"] == "valid", sent


def test_the_credential_field_is_accepted(client: Gateway, laurel: Laurel) -> None:
    for sent in ("credential", "token", "link"):
        assert verify(client, senders.form(("credential", bodies(laurel)[sent])), FORM).json["verdict"] == "valid", sent


def test_the_home_page_form_is_accepted(client: Gateway, laurel: Laurel) -> None:
    assert verify(client, senders.filled_form(bodies(laurel)["credential"]), FORM).json["verdict"] == "valid"
    assert verify(client, senders.filled_form(file=bodies(laurel)["credential"]), FORM).json["verdict"] == "valid"


@pytest.mark.parametrize(("email", "outcome"), [("ada@example.org", "passed"), ("eve@example.org", "failed")])
def test_recipient_is_compared_in_every_envelope(client: Gateway, laurel: Laurel, email: str, outcome: str) -> None:
    sent = bodies(laurel)
    recipient = {"email": email}
    for body, content_type in (
        (envelope(url=sent["link"].decode(), recipient=recipient), "application/json"),
        (envelope(recipient=recipient, credential=json.loads(sent["credential"])), "application/json"),
        (envelope(credential=sent["token"].decode(), recipient=recipient), "application/json"),
        (senders.form(("recipient", email.encode()), ("f", sent["credential"], "b.json")), FORM),
        (senders.form(("credential", sent["link"]), ("recipient", email.encode())), FORM),
    ):
        response = verify(client, body, content_type)
        assert response.json["findings"][8]["outcome"] == outcome
        assert email not in response.text


ERROR_CASES = [
    ("nothing_found", 422, b"", "application/json"),
    ("nothing_found", 422, b"hello", "text/plain"),
    ("nothing_found", 422, b"\x89PNG\r\n\x1a\n", "image/png"),
    ("nothing_found", 422, b"[]", "application/json"),
    ("nothing_found", 422, envelope(credential="hello"), "application/json"),
    ("nothing_found", 422, f"{BASE_URL}/c/{'q' * 26}".encode(), "text/plain"),
    ("nothing_found", 422, f"{BASE_URL}/c/nothing".encode(), "text/plain"),
    ("nothing_found", 422, f"{BASE_URL}/c/{'a' * 1900}".encode(), "text/plain"),
    ("nothing_found", 422, envelope(url=f"{BASE_URL}/v1/credentials/{'q' * 26}/report"), "application/json"),
    ("nothing_found", 422, senders.filled_form(), FORM),
    ("nothing_found", 422, f"--{senders.BOUNDARY}--\r\n".encode(), FORM),
    ("link_unreachable", 422, LINK.encode(), "text/plain"),
    ("link_unreachable", 422, envelope(url=LINK), "application/json"),
    ("duplicate_name", 400, b'{"url":"https://a.example/","url":"https://b.example/"}', "application/json"),
    ("duplicate_name", 400, b'{"recipient":{"email":"a@b","email":"c@d"},"credential":"x"}', "application/json"),
    ("not_json", 400, b'{"url": "https://a.example/"', "application/json"),
    ("not_utf8", 400, b'{"url": "\xff"}', "application/json"),
    ("lone_surrogate", 400, b'{"url": "\\ud800"}', "application/json"),
    ("too_deep", 400, b'{"credential":' + b'{"a":' * 40 + b"1" + b"}" * 41, "application/json"),
    ("invalid_request", 400, envelope(url=""), "application/json"),
    ("invalid_request", 400, envelope(url=7), "application/json"),
    ("invalid_request", 400, envelope(url=[LINK]), "application/json"),
    ("invalid_request", 400, envelope(credential=7), "application/json"),
    ("invalid_request", 400, envelope(credential=[{}]), "application/json"),
    ("invalid_request", 400, envelope(url=LINK, credential="ey.."), "application/json"),
    ("invalid_request", 400, envelope(url=LINK, proxy="http://x"), "application/json"),
    ("invalid_request", 400, envelope(recipient={"email": "a@b"}), "application/json"),
    ("invalid_request", 400, envelope(url=LINK, recipient="a@b"), "application/json"),
    ("invalid_request", 400, envelope(url=LINK, recipient={"email": "nobody"}), "application/json"),
    ("invalid_request", 400, senders.form(("f", b"{}", "a"), ("g", b"{}", "b")), FORM),
    ("invalid_request", 400, senders.form(("f", b"{}", "a"), ("credential", b"{}")), FORM),
    ("invalid_request", 400, senders.form(("f", b"{}", "a"), ("url", b"x")), FORM),
    ("invalid_request", 400, senders.form(("f", b"{}", "a"), ("recipient", b"nobody")), FORM),
    ("malformed", 400, senders.filled_form("{}"), "multipart/form-data"),
    ("malformed", 400, senders.filled_form("{}"), 'multipart/form-data; boundary=""'),
    ("malformed", 400, senders.filled_form("{}"), "multipart/form-data; boundary=other"),
    ("malformed", 400, senders.filled_form("{}"), FORM + "; x=" + "y" * form.MAX_CONTENT_TYPE),
    ("malformed", 400, senders.filled_form("{}")[:-8], FORM),
    ("malformed", 400, senders.filled_form("{}").replace(b"\r\n", b"\n"), FORM),
    ("malformed", 400, b"", FORM),
    ("malformed", 400, senders.form(("credential", b"{}"), ("credential", b"{}")), FORM),
    ("malformed", 400, senders.form(*[(f"f{number}", b"x") for number in range(form.MAX_PARTS + 1)]), FORM),
    ("malformed", 400, senders.form(("f", b"{}", "a"), extra="X-Big: " + "y" * form.MAX_HEADER + "\r\n"), FORM),
    ("malformed", 400, senders.form(("f", b"{}", "a"), extra="X-More: y\r\n" * form.MAX_HEADERS), FORM),
    ("malformed", 400, senders.form(("f", b"{}", "a"), extra=" folded\r\n"), FORM),
    ("malformed", 400, senders.form(("f", b"{}", "a"), extra="no colon\r\n"), FORM),
    ("malformed", 400, senders.form(("f", b"{}", "a")).replace(b"form-data;", b"attachment;"), FORM),
]


@pytest.mark.parametrize(("code", "status", "body", "content_type"), ERROR_CASES)
def test_error_is_a_problem_document_without_a_verdict(
    client: Gateway, laurel: Laurel, code: str, status: int, body: bytes, content_type: str
) -> None:
    response = verify(client, body, content_type)
    assert (response.status, response.json["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json["detail"]
    assert "verdict" not in response.json
    assert laurel.event_store.events == {}


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_credential_size_limit_is_exact_in_every_envelope(client: Gateway, over: int) -> None:
    source = senders.padded(pasted.MAX_SIZE + over)
    assert len(source) == 262_144 + over
    for body, content_type in (
        (source, "application/json"),
        (senders.form(("f", source, "badge.json")), FORM),
        (senders.form(("credential", source)), FORM),
        (senders.form(("f", source, "badge.json"), ("recipient", b"ada@example.org")), FORM),
    ):
        response = verify(client, body, content_type)
        if over > 0:
            assert (response.status, response.json["code"]) == (413, "too_large")
        else:
            assert (response.status, response.json["findings"][4]["code"]) == (200, "signer_is_issuer")


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_envelope_size_limit_is_exact(client: Gateway, over: int) -> None:
    credential = senders.padded(pasted.MAX_SIZE)
    overhead = len(senders.form(("credential", credential), ("junk", b"")))
    padding = submission.MAX_BODY + over - overhead
    body = senders.form(("credential", credential), ("junk", b"x" * padding))
    assert len(body) == 1_048_576 + 16_384 + over
    assert verify(client, body, FORM).json["code"] == ("too_large" if over > 0 else "invalid_request")
    spaced = envelope(url=LINK).ljust(262_144 + 16_384 + over)
    assert verify(client, spaced).json["code"] == ("too_large" if over > 0 else "link_unreachable")


def test_depth_limit_is_the_same_inside_an_envelope(client: Gateway) -> None:
    deep: object = 1
    for _ in range(31):
        deep = {"a": deep}
    alone = verify(client, json.dumps({"@context": [], **deep}).encode())  # type: ignore[dict-item]
    wrapped = verify(client, envelope(credential={"@context": [], **deep}))  # type: ignore[dict-item]
    assert alone.json == wrapped.json


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@examples(100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extra=VALUES)
def test_an_envelope_preserves_every_signed_value(client: Gateway, extra: object) -> None:
    # JCS signs every member, so a number or text serialized in another form would break the signature.
    document = {name: value for name, value in senders.external_credential().items() if name != "proof"}
    document["credentialSubject"] = {**document["credentialSubject"], "more": {"value": extra}}  # type: ignore[dict-item]
    signed = makers.signed(document, makers.OTHER_KEY, suite="eddsa-jcs-2022")
    alone, wrapped = verify(client, makers.as_bytes(signed)), verify(client, envelope(credential=signed))
    assert alone.json == wrapped.json


@pytest.mark.parametrize(
    ("reason", "code", "status"),
    [
        ("url_refused", "url_refused", 422),
        ("address_refused", "url_refused", 422),
        ("redirect_refused", "url_refused", 422),
        ("dns_failed", "link_unreachable", 422),
        ("connect_failed", "link_unreachable", 422),
        ("tls_failed", "link_unreachable", 422),
        ("timeout", "link_unreachable", 422),
        ("too_large", "link_unreachable", 422),
        ("http_status", "link_unreachable", 422),
        ("never_announced", "link_unreachable", 422),
        ("out_of_time", "out_of_time", 504),
    ],
)
def test_link_failure_is_a_request_error_with_its_reason(
    client: Gateway, laurel: Laurel, reason: str, code: str, status: int
) -> None:
    laurel.remote_sources.error = (reason, "It is so.")
    response = verify(client, envelope(url=LINK))
    assert (response.status, response.json["code"], response.json["reason"]) == (status, code, reason)
    assert response.json["detail"].startswith("It is so. ")


def test_storage_failure_is_not_reported_as_a_link_failure(laurel: Laurel) -> None:
    class Down:
        def record(self, credential_id: str) -> object:
            raise Unavailable("table credentials-prod throttled", code="storage_busy")

    laurel.public_store = Down()
    response = verify(Gateway.over(laurel), f"{BASE_URL}{laurel.url('valid')}".encode())
    assert (response.status, response.json["code"]) == (503, "unavailable")
    assert "credentials-prod" not in response.text


def test_an_external_link_is_followed(client: Gateway, laurel: Laurel) -> None:
    laurel.remote_sources.pages[LINK] = makers.as_bytes(senders.external_credential())
    response = verify(client, envelope(url=LINK))
    assert (response.status, response.json["verdict"]) == (200, "valid")
    assert response.json["findings"][7]["outcome"] == "unknown"


def test_the_links_in_a_pdf_are_offered_to_programs(client: Gateway) -> None:
    body = b"%PDF-1.7\n/URI (https://a.example/1) /URI (https://a.example/2)\n"
    response = verify(client, body, "application/pdf")
    assert (response.status, response.json["code"]) == (422, "nothing_found")
    assert response.json["links"] == ["https://a.example/1", "https://a.example/2"]


def test_a_web_page_leads_to_the_credential_behind_it_and_the_report_says_so(client: Gateway, laurel: Laurel) -> None:
    behind = "https://elsewhere.example/credential"
    laurel.remote_sources.pages[LINK] = f'<html><link rel=alternate type=application/vc href="{behind}">'.encode()
    laurel.remote_sources.pages[behind] = makers.as_bytes(senders.external_credential())
    response = verify(client, envelope(url=LINK))
    assert (response.status, response.json["verdict"]) == (200, "valid")
    assert response.json["found"] == {"page": LINK, "credential": behind}
    assert "found" not in verify(client, envelope(url=behind)).json


@pytest.mark.parametrize(
    "page",
    [
        b"<!doctype html><p>My badge",
        b"\xef\xbb\xbf\n<html>",
        b"%PDF-1.7",
        b"",
        b"https://third.example/",
        b" " * 262_145,
    ],
    ids=lambda page: repr(page[:20]),
)
def test_a_link_to_something_else_is_explained(client: Gateway, laurel: Laurel, page: bytes) -> None:
    laurel.remote_sources.pages[LINK] = page
    response = verify(client, LINK.encode())
    assert (response.status, response.json["code"]) == (422, "nothing_found")
    assert "link" in response.json["detail"]
    assert "Copy the page's address" not in response.json["detail"]


@pytest.mark.parametrize(
    "url",
    [
        "http://[",
        "https://[::1",
        "https://[/c/x",
        "did:web:x.example",
        "file:///etc/passwd",
        "\x00",
        "é",
        "//x",
        "/c/x",
    ],
)
def test_any_text_may_be_sent_as_a_url(client: Gateway, laurel: Laurel, url: str) -> None:
    assert verify(client, envelope(url=url)).status == 422
    assert laurel.remote_sources.requested == [url]


@pytest.mark.parametrize("claimed", ["http://[", f"{BASE_URL}/c/", f"{BASE_URL}/c/{'q' * 26}", f"{BASE_URL}/c/<b>"])
def test_a_credential_with_any_id_gets_a_report(client: Gateway, laurel: Laurel, claimed: str) -> None:
    document = {**senders.external_credential(), "id": claimed}
    del document["proof"]
    response = verify(client, makers.as_bytes(makers.signed(document, makers.OTHER_KEY, suite="eddsa-jcs-2022")))
    assert response.status == 200
    assert laurel.event_store.events == {}


@pytest.mark.slow
@examples(300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300)
    | st.dictionaries(st.sampled_from(["url", "credential", "recipient", "@context", "x"]), VALUES).map(
        lambda members: json.dumps(members).encode()
    )
    | st.text(alphabet='-_"{}[]:,.ey \r\n', max_size=60).map(str.encode),
    content_type=st.sampled_from(["application/json", "text/plain", ""]),
)
def test_any_submission_gets_a_report_or_a_problem_document(
    laurel: Laurel, client: Gateway, body: bytes, content_type: str
) -> None:
    laurel.rate_store.free_at.clear()  # the clock stands still, so that nothing would come back
    assert verify(client, body, content_type).status in (200, 400, 422)


PIECES = [
    b"--" + senders.BOUNDARY.encode(),
    b"--",
    b"\r\n",
    b"\n",
    b"Content-Disposition: form-data; name=",
    b'"',
    b"; filename=",
]


@pytest.mark.slow
@examples(300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=20),
    content_type=st.just(FORM) | st.text(max_size=40).map(lambda rest: f"multipart/form-data; boundary={rest}"),
)
def test_any_form_gets_a_report_or_a_problem_document(
    laurel: Laurel, client: Gateway, pieces: list[bytes], content_type: str
) -> None:
    laurel.rate_store.free_at.clear()  # as above
    assert verify(client, b"".join(pieces), content_type).status in (200, 400, 422)


def test_hosted_credentials_are_recorded_and_external_ones_are_not(client: Gateway, laurel: Laurel) -> None:
    for body in bodies(laurel).values():
        verify(client, body)
    events = list(laurel.event_store.events.values())
    assert len(events) == len(bodies(laurel))
    assert {(event.kind, event.credential_id) for event in events} == {(Kind.VERIFICATION, id_of("valid"))}
    verify(client, makers.as_bytes(senders.external_credential()))
    assert len(laurel.event_store.events) == len(events)


def test_verify_accepts_only_post(client: Gateway) -> None:
    response = client.get("/v1/verify")
    assert (response.status, response.json["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "POST, OPTIONS"
    assert response.json["detail"] == "This URL supports only POST and OPTIONS."


LAZY = """
import sys
from tests.http import fake_laurel, gateway
from chalicelib.http.app import create_app
laurel = fake_laurel.seeded()
ask = gateway.Gateway(create_app(laurel))
assert ask.get(laurel.url("valid")).status == 200
lazy = {"multipart", "ssl", "http.client", "chalicelib.net.fetching.fetch", "publicsuffixlist"}
print("LOADED", sorted(lazy & set(sys.modules)))
"""


@pytest.mark.slow
def test_a_credential_page_does_not_load_the_submission_modules() -> None:
    process = subprocess.run([sys.executable, "-c", LAZY], check=True, capture_output=True, text=True)
    loaded = process.stdout.split("LOADED ")[1]
    assert "multipart" not in loaded
    assert "chalicelib.net" not in loaded
    assert "publicsuffixlist" not in loaded


def test_recipient_is_compared_on_external_credentials(client: Gateway) -> None:
    report = verify(
        client, envelope(credential=senders.external_credential(), recipient={"email": "eve@example.org"})
    ).json
    assert report["findings"][8]["code"] == "recipient_differs"


def test_submitted_bytes_are_verified_not_the_stored_ones(client: Gateway, laurel: Laurel) -> None:
    record = laurel.issuer_store.record(id_of("valid"))
    laurel.put(replace(record, document=b"{}"))
    assert verify(client, record.document).json["verdict"] == "valid"


def use_up_the_network(laurel: Laurel, *, by_other_site: bool = False) -> None:
    """Start requests that wait for slow hosts until the sender's network has no time left."""
    while True:
        try:
            laurel.fetch_allowance.of(ADDRESS, by_other_site=by_other_site).admit()
        except TooMany:
            return


def test_a_page_of_another_site_cannot_lock_out_the_networks_of_its_visitors(laurel: Laurel, client: Gateway) -> None:
    """Their browsers submit slow credentials, as a cross-site request that needs no permission."""
    laurel.remote_sources.pages[LINK] = makers.as_bytes(senders.external_credential())
    use_up_the_network(laurel, by_other_site=True)
    sent = {"content_type": "text/plain", "accept": "application/json"}
    assert client.post("/v1/verify", LINK.encode(), sec_fetch_site="cross-site", **sent).status == 429
    assert client.post("/v1/verify", LINK.encode(), sec_fetch_site="same-origin", **sent).status == 200
    assert client.post("/v1/verify", LINK.encode(), **sent).status == 200


def test_a_network_that_keeps_workers_waiting_gets_429_for_seconds(laurel: Laurel, client: Gateway) -> None:
    laurel.remote_sources.pages[LINK] = makers.as_bytes(senders.external_credential())
    use_up_the_network(laurel)
    refused = verify(client, LINK.encode(), "text/plain")
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert laurel.remote_sources.requested == []
    laurel.now += timedelta(minutes=1)
    assert verify(client, LINK.encode(), "text/plain").status == 200


def test_a_network_without_time_can_still_verify_what_needs_no_fetch(laurel: Laurel, client: Gateway) -> None:
    use_up_the_network(laurel)
    response = verify(client, makers.as_bytes(senders.external_credential()))
    assert response.status == 200


def test_verification_by_fetching_stops_when_the_time_cannot_be_counted(laurel: Laurel, client: Gateway) -> None:
    def broken(*_arguments: object) -> bool:
        raise Unavailable("Storage did not respond.")

    laurel.allowance_store.take = broken  # type: ignore[method-assign]
    response = verify(client, LINK.encode(), "text/plain")
    assert (response.status, response.json["code"]) == (503, "unavailable")
    assert laurel.remote_sources.requested == []


def correct(laurel: Laurel) -> None:
    """Replace the revoked credential by the valid one, as a correction does."""
    record = laurel.issuer_store.record(id_of("revoked"))
    laurel.put(replace(record, superseded_by=id_of("valid"), corrected=True))


def test_every_copy_of_a_corrected_credential_leads_to_the_corrected_one(client: Gateway, laurel: Laurel) -> None:
    correct(laurel)
    link = envelope(url=laurel.base_url + laurel.url("revoked"))
    for body in (laurel.issuer_store.record(id_of("revoked")).document, link):
        report = verify(client, body).json
        assert (report["verdict"], report["replaced_by"]["id"]) == ("revoked", id_of("valid"))


def test_an_uploaded_copy_of_a_corrected_credential_is_not_called_revoked(client: Gateway, laurel: Laurel) -> None:
    correct(laurel)
    body = senders.filled_form(file=laurel.issuer_store.record(id_of("revoked")).document)
    page = client("POST", "/", body=body, accept=HTML, content_type=FORM).text
    assert "Replaced by a corrected version." in page
    assert "View the corrected credential" in page
    assert "Do not rely on it" not in page


def test_an_altered_copy_does_not_lead_to_the_credential_that_it_names(client: Gateway, laurel: Laurel) -> None:
    correct(laurel)
    altered = json.loads(laurel.issuer_store.record(id_of("revoked")).document)
    altered["credentialSubject"]["achievement"]["name"] = "Doctor"
    report = verify(client, json.dumps(altered).encode()).json
    assert (report["verdict"], "replaced_by" in report) == ("invalid", False)


def test_a_retry_that_would_make_a_second_receipt_is_refused(laurel: Laurel, client: Gateway) -> None:
    body = json.dumps({"url": laurel.url("valid"), "receipt": True}).encode()
    response = client.post("/v1/verify", body, idempotency_key="1")
    assert (response.status, response.json["code"]) == (400, "idempotency_key_unsupported")
    assert laurel.receipt_store.by_id == {}
