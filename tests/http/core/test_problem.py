"""Errors: problem+json with a stable code for a program, a page for a browser, and never a stack trace."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import NoReturn

import pytest
from chalice.local import LambdaContext
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError, Malformed, MissingSetting, NotFound, Refused, Unavailable
from chalicelib.http.app import create_app
from chalicelib.http.core import problem
from chalicelib.http.input import body
from chalicelib.settings import Function
from tests.examples import examples
from tests.http.conftest import LogCapture
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import HTML, Gateway

REPORT = f"/v1/credentials/{id_of('valid')}/report"
VALID_BODY = b'{"recipient":{"email":"ada@example.org"}}'
PADDED = VALID_BODY[:-1] + b',"note":"%s"}'


class FailingStore:
    """A public store whose reads raise ``error``."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def record(self, credential_id: str) -> Record:
        raise self.error

    def image(self, sha256: str) -> NoReturn:
        raise self.error


def failing_gateway(laurel: Laurel, error: Exception) -> Gateway:
    laurel.public_store = FailingStore(error)
    return replace(Gateway.over(laurel), checked=False)


ERROR_CASES = [
    ("not_found", 404, "GET", f"/c/{'q' * 26}", None, {}),
    ("not_found", 404, "GET", "/nowhere", None, {}),
    ("not_found", 404, "GET", "/issuers/nobody/did.json", None, {}),
    ("not_found", 404, "GET", "/issuers/NO%20BODY/did.json", None, {}),
    ("not_found", 404, "GET", f"/status/{'q' * 26}", None, {}),
    ("not_found", 404, "GET", "/status/x", None, {}),
    ("not_found", 404, "GET", f"/images/{'0' * 64}.png", None, {}),
    ("not_found", 404, "GET", "/images/..%2f.png", None, {}),
    ("method_not_allowed", 405, "DELETE", f"/c/{id_of('valid')}", None, {}),
    ("method_not_allowed", 405, "PUT", "/", b"", {}),
    ("not_acceptable", 406, "GET", f"/c/{id_of('valid')}", None, {"accept": "image/png"}),
    ("not_acceptable", 406, "GET", f"/status/{'q' * 26}", None, {"accept": "image/png"}),
    ("too_large", 413, "POST", REPORT, b" " * (body.MAX_BYTES + 1), {}),
    ("unsupported_media_type", 415, "POST", REPORT, VALID_BODY, {"content_type": "text/plain"}),
    ("unsupported_media_type", 415, "POST", REPORT, VALID_BODY, {"content_type": ""}),
    ("not_json", 400, "POST", REPORT, b"", {}),
    ("not_json", 400, "POST", REPORT, b"{", {}),
    ("not_json", 400, "POST", REPORT, b'{"a": NaN}', {}),
    ("not_utf8", 400, "POST", REPORT, b'{"a": "\xff"}', {}),
    ("not_an_object", 400, "POST", REPORT, b"[]", {}),
    ("duplicate_name", 400, "POST", REPORT, b'{"a":1,"a":2}', {}),
    ("number_out_of_range", 400, "POST", REPORT, b'{"a":1e999}', {}),
    ("too_deep", 400, "POST", REPORT, b'{"a":' * 40 + b"1" + b"}" * 40, {}),
    ("too_many_members", 400, "POST", REPORT, b'{"a":[' + b"1," * 12_000 + b"1]}", {}),
    ("lone_surrogate", 400, "POST", REPORT, b'{"a":"\\ud800"}', {}),
    ("invalid_request", 400, "POST", REPORT, b"{}", {}),
    ("invalid_request", 400, "POST", REPORT, b'{"recipient":"ada@example.org"}', {}),
    ("invalid_request", 400, "POST", REPORT, b'{"recipient":{"email":7}}', {}),
    ("invalid_request", 400, "POST", REPORT, b'{"recipient":{"email":"ada"}}', {}),
    ("invalid_request", 400, "POST", REPORT, b'{"recipient":{"email":"@"}}', {}),
    ("invalid_request", 400, "POST", REPORT, b'{"recipient":{"email":"%s@x"}}' % (b"a" * 400), {}),
]


@pytest.mark.parametrize(("code", "status", "method", "path", "sent", "headers"), ERROR_CASES)
def test_error_is_a_problem_document_for_a_program(
    client: Gateway, code: str, status: int, method: str, path: str, sent: bytes | None, headers: dict[str, str]
) -> None:
    headers = {"content_type": "application/json", **headers} if sent is not None else headers
    response = client(method, path, body=sent, **headers)
    assert (response.status, response.headers["content-type"]) == (status, "application/problem+json")
    document = response.json
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"] == f"urn:problem-type:laurel:{code}"
    assert document["title"]
    assert document["detail"]
    assert response.headers["cache-control"] == "no-store"
    if status == 400:
        assert all(set(error) == {"pointer", "detail"} for error in document["errors"])
        assert document["errors"]


@pytest.mark.parametrize(
    ("code", "status", "method", "path", "sent", "headers"), [case for case in ERROR_CASES if "accept" not in case[5]]
)
def test_error_is_a_page_for_a_browser(
    client: Gateway, code: str, status: int, method: str, path: str, sent: bytes | None, headers: dict[str, str]
) -> None:
    headers = {"content_type": "application/json", **headers} if sent is not None else headers
    response = client(method, path, body=sent, accept=HTML, **headers)
    assert (response.status, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<code>{code}</code>" in response.text
    assert "<h1" in response.text
    assert "Accept" in response.headers["vary"]


def test_405_lists_the_allowed_methods(client: Gateway) -> None:
    response = client("DELETE", REPORT)
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert response.json["detail"] == "This URL supports only GET, HEAD, POST and OPTIONS."


def test_405_lists_the_methods_that_another_function_serves(laurel: Laurel) -> None:
    laurel.settings = replace(laurel.settings, function=Function.PUBLIC, snapshot=True)
    response = Gateway.over(laurel)("DELETE", "/")
    assert (response.status, response.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_url_that_does_not_exist_is_404_for_every_method(client: Gateway, method: str) -> None:
    response = client(method, "/nowhere")
    assert (response.status, response.json["code"]) == (404, "not_found")
    assert "allow" not in response.headers


def test_unknown_resource_is_404(laurel: Laurel) -> None:
    app = create_app(laurel)
    event = Gateway(app).event("GET", "/", None, True, {})
    event["requestContext"]["resourcePath"] = "/nothing/here"  # type: ignore[index]
    response = app(event, LambdaContext("laurel", 1024))
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (404, "not_found")


def test_415_reports_the_size_and_hash_of_the_received_body(client: Gateway) -> None:
    sent = bytes(range(256)) * 3
    for encode in (True, False):
        sent = sent if encode else b"plain text"
        response = client("POST", REPORT, body=sent, encode=encode, content_type="application/octet-stream")
        assert response.status == 415
        assert response.json["received"] == {"bytes": len(sent), "sha256": hashlib.sha256(sent).hexdigest()}


@pytest.mark.parametrize("encode", [True, False])
@pytest.mark.parametrize(("over", "status"), [(-1, 200), (0, 200), (1, 413)])
def test_body_size_limit_is_exact(client: Gateway, over: int, status: int, encode: bool) -> None:
    padding = body.MAX_BYTES + over - len(PADDED % b"")
    sent = PADDED % (b"x" * padding)
    assert len(sent) == body.MAX_BYTES + over
    assert client("POST", REPORT, body=sent, encode=encode, content_type="application/json").status == status


def test_media_type_may_carry_parameters(client: Gateway) -> None:
    assert client.post(REPORT, VALID_BODY, content_type="Application/JSON; charset=utf-8").status == 200


def test_get_with_a_content_type_is_accepted(client: Gateway) -> None:
    assert client.get(REPORT, content_type="application/x-www-form-urlencoded").status == 200


@pytest.mark.slow
@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
        lambda value: json.dumps({"recipient": value}).encode()
    )
)
def test_any_body_gets_a_problem_document_or_a_report(client: Gateway, sent: bytes) -> None:
    assert client.post(REPORT, sent).status in (200, 400)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("x"), 404, "not_found"),
        (Malformed("x"), 400, "malformed"),
        (Malformed("x", code="never_announced"), 400, "malformed"),
        (Conflict("x"), 409, "conflict"),
        (Refused("x"), 422, "refused"),
        (Unavailable("table credentials-prod throttled"), 503, "unavailable"),
        (Unavailable("x", code="signing_unavailable"), 503, "unavailable"),
        (MissingSetting("BASE_URL"), 500, "internal"),
        (LaurelError("x"), 500, "internal"),
        (KeyError("holder"), 500, "internal"),
        (RecursionError("x"), 500, "internal"),
    ],
    ids=repr,
)
def test_domain_errors_map_to_status_codes(laurel: Laurel, error: Exception, status: int, code: str) -> None:
    response = failing_gateway(laurel, error).get(laurel.url("valid"))
    assert (response.status, response.json["code"]) == (status, code)


def test_unavailable_has_retry_after_and_hides_the_cause(laurel: Laurel) -> None:
    response = failing_gateway(laurel, Unavailable("table credentials-prod throttled")).get(laurel.url("valid"))
    assert int(response.headers["retry-after"]) == problem.RETRY_AFTER
    assert "credentials-prod" not in response.text


def test_internal_error_is_logged_with_its_trace_and_shown_with_its_id(laurel: Laurel, log_lines: LogCapture) -> None:
    try:
        raise ConnectionError("secret-of-the-cause")
    except ConnectionError as cause:
        error = ValueError("secret-of-the-fault")
        error.__cause__ = cause
    response = failing_gateway(laurel, error).get(laurel.url("valid"), accept=HTML)
    assert response.status == 500
    assert "Traceback" not in response.text
    assert "secret-of-the" not in response.text + log_lines.getvalue()
    failed = next(line for line in log_lines.parsed() if line["message"] == "failed")
    assert failed["function_request_id"] in response.text
    assert [link["type"] for link in failed["error"]] == ["ValueError", "ConnectionError"]
    assert any(" in record" in frame or frame.endswith(" record") for frame in failed["error"][0]["frames"])


def test_aws_error_code_is_logged(laurel: Laurel, log_lines: LogCapture) -> None:
    class ClientError(Exception):
        response = {"Error": {"Code": "AccessDeniedException", "Message": "secret"}}  # noqa: RUF012 - like botocore's ClientError

    error = Unavailable("storage did not answer")
    error.__cause__ = ClientError("secret")
    failing_gateway(laurel, error).get(laurel.url("valid"))
    assert "AccessDeniedException" in log_lines.getvalue()
    assert "secret" not in log_lines.getvalue()


def test_internal_error_is_a_problem_document_with_an_id(laurel: Laurel) -> None:
    document = failing_gateway(laurel, ValueError()).get(laurel.url("valid")).json
    assert set(document) == {"type", "title", "status", "code", "detail", "id"}
    assert document["id"] in document["detail"]


def test_problem_codes_and_domain_errors_agree() -> None:
    for error in (Malformed, NotFound, Conflict, Refused, Unavailable):
        assert error.code in problem.KINDS
