"""clients/python over HTTP."""

from __future__ import annotations

import ast
import dataclasses
import io
import json
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import laurel_client
import pytest
from laurel_client import (
    ConnectionFailed,
    Finding,
    JobTimeout,
    Laurel,
    LaurelError,
    ProblemError,
    RateLimited,
    ReceiptInvalid,
    Result,
    check_offline,
)

from chalicelib.verifiers.batch import answering
from tests.clients.conftest import LaurelServer
from tests.http.fake_laurel import KINDS, VERDICTS, id_of
from tests.http.senders import external_credential

FOLDER = Path(laurel_client.__file__).parent
MAX_LINES = 300
SKIPPED = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
PERSON = "ada@example.org"


def client(server: LaurelServer, key: str | None = None, **options: float) -> Laurel:
    """A client that never really waits."""
    made = Laurel(server.base, key, **options)
    clock = {"sleep": server.sleep, "monotonic": lambda: server.seconds}
    made._transport = replace(made._transport, **clock)
    return made


def document(server: LaurelServer, kind: str = "valid") -> bytes:
    return server.laurel.issuer_store.record(id_of(kind)).document


def link(server: LaurelServer, kind: str = "valid") -> str:
    return f"{server.base}/c/{id_of(kind)}"


@contextmanager
def answering_with(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list[BaseHTTPRequestHandler]]]:
    """A server that always answers the same: its URL, and the requests that it got."""
    requests: list[BaseHTTPRequestHandler] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the standard library's own

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# verify


def test_a_link_a_file_a_text_and_a_mapping_get_the_same_report(server: LaurelServer) -> None:
    laurel, content = client(server), document(server)
    jwt = server.laurel.issuer_store.record(id_of("valid")).jwt
    assert jwt is not None
    for source in (link(server), content, content.decode(), json.loads(content), jwt, {"credential": jwt}):
        report = laurel.verify(source)
        assert (report.verdict, len(report.findings)) == ("valid", 10)
        assert report.issuer_proven
        assert report.not_checked is not None
        assert "whether the person presenting it is its holder" in report.not_checked
        assert report.checked_at == server.laurel.now
        assert report.credential is not None
        assert report.credential["name"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_verdict_is_a_report_and_not_an_error(server: LaurelServer, kind: str) -> None:
    report = client(server).verify(link(server, kind))
    assert report.verdict == VERDICTS.get(kind, kind)
    if report.verdict == "revoked":
        assert [each.code for each in report.findings if each.outcome == "failed"] == ["revoked"]


@pytest.mark.parametrize(("recipient", "outcome"), [(PERSON, "passed"), ("eve@example.org", "failed")])
@pytest.mark.parametrize("form", [True, False])
def test_the_recipient_is_checked(server: LaurelServer, recipient: str, outcome: str, form: bool) -> None:
    report = client(server).verify(document(server) if form else link(server), recipient=recipient)
    assert {each.check: each.outcome for each in report.findings}["recipient"] == outcome


@pytest.mark.parametrize("form", [True, False])
def test_an_empty_recipient_is_refused_and_not_ignored(server: LaurelServer, form: bool) -> None:
    with pytest.raises(ProblemError) as refused:
        client(server).verify(document(server) if form else link(server), recipient="")
    assert refused.value.code == "invalid_request"


def test_a_challenge_is_sent_in_the_envelope(server: LaurelServer) -> None:
    sent = {"credential": json.loads(document(server)), "challenge": "6fd2c1"}
    with pytest.raises(ProblemError) as refused:
        client(server).verify(sent)
    assert refused.value.code == "not_a_presentation"


def test_an_error_has_the_stable_code(server: LaurelServer) -> None:
    with pytest.raises(ProblemError) as refused:
        client(server).verify("no credential")
    assert (refused.value.status, refused.value.code) == (422, "nothing_found")
    assert refused.value.detail == refused.value.problem["detail"]
    with pytest.raises(ProblemError) as unknown:
        client(server, "laurel_vk_wrong").verify(link(server))
    assert (unknown.value.status, unknown.value.code) == (401, "unauthenticated")


def test_models_are_frozen(server: LaurelServer) -> None:
    report = client(server).verify(link(server))
    for model, name in ((report, "verdict"), (report.findings[0], "outcome"), (Result(None, report, None), "ref")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(model, name, "valid")


def test_the_api_key_is_not_in_the_representation(server: LaurelServer) -> None:
    key = server.key()
    assert key not in repr(client(server, key)._transport)


def test_the_recipient_argument_overrides_that_of_an_envelope(server: LaurelServer) -> None:
    sent = {"credential": json.loads(document(server)), "recipient": {"email": PERSON}}
    assert client(server).verify(sent).verdict == "valid"
    assert client(server).verify(sent, recipient="eve@example.org").verdict == "invalid"


# verify_batch


def test_results_are_in_order_and_a_bad_item_does_not_affect_the_rest(server: LaurelServer) -> None:
    items = [link(server, kind) for kind in KINDS]
    results = list(client(server).verify_batch([*items, {"ref": "bad", "url": 1}, json.loads(document(server))]))
    assert [each.verdict for each in results] == [*(VERDICTS.get(kind, kind) for kind in KINDS), "unknown", "valid"]
    bad = results[-2]
    assert (bad.ref, bad.report, bad.error and bad.error.code) == ("bad", None, "invalid_request")
    summary = results[KINDS.index("revoked")].report
    assert summary is not None
    assert (summary.credential, summary.not_checked) == (None, None)
    assert Finding("status", "failed", "revoked") in summary.findings


def test_full_reports(server: LaurelServer) -> None:
    [result] = client(server).verify_batch([{"ref": "a", "url": link(server)}], report="full")
    assert result.ref == "a"
    assert result.report is not None
    assert len(result.report.findings) == 10


def many(count: int) -> list[dict[str, object]]:
    return [{"ref": str(number), "credential": external_credential()} for number in range(count)]


def test_a_job_is_awaited_and_its_results_are_read_without_the_key(server: LaurelServer) -> None:
    count = answering.MAX_ITEMS + 1
    results = list(client(server, server.key()).verify_batch(many(count)))
    assert [each.ref for each in results] == [str(number) for number in range(count)]
    assert {each.verdict for each in results} == {"valid"}
    assert server.waited == [2.0]
    assert ["authorization" in headers for headers in server.sent_to_files] == [False]


def test_a_job_that_times_out_keeps_running_and_the_same_call_gets_its_results(server: LaurelServer) -> None:
    items, laurel = many(answering.MAX_ITEMS + 1), client(server, server.key())
    with pytest.raises(JobTimeout) as timeout:
        laurel.verify_batch(items, idempotency_key="monday", timeout=0)
    assert timeout.value.url.startswith(f"{server.base}/v1/verify/batch/")
    assert len(list(laurel.verify_batch(items, idempotency_key="monday"))) == len(items)
    assert len(server.laurel.job_store.jobs) == 1


def test_the_idempotency_key_is_sent(server: LaurelServer) -> None:
    laurel = client(server, server.key())
    list(laurel.verify_batch([link(server)], idempotency_key="a"))
    with pytest.raises(ProblemError) as refused:
        laurel.verify_batch([link(server, "revoked")], idempotency_key="a")
    assert refused.value.code == "idempotency_key_reused"


def test_missing_results_are_an_error(server: LaurelServer) -> None:
    laurel = client(server, server.key())
    items = many(answering.MAX_ITEMS + 1)
    with pytest.raises(JobTimeout):
        laurel.verify_batch(items, idempotency_key="cut", timeout=0)
    server.work()
    [job_id] = server.files.results
    whole = server.files.results[job_id]
    server.files.results[job_id] = b"".join(whole.splitlines(keepends=True)[:-1])
    with pytest.raises(ConnectionFailed, match="Received 1000 results instead of 1001"):
        list(laurel.verify_batch(items, idempotency_key="cut"))
    server.files.results[job_id] = whole[:-20]
    with pytest.raises(ConnectionFailed):
        list(laurel.verify_batch(items, idempotency_key="cut"))


# Waiting


def test_it_waits_as_long_as_laurel_asks_and_then_goes_on(server: LaurelServer) -> None:
    laurel = client(server)
    list(laurel.verify_batch([link(server)] * 50))
    results = list(laurel.verify_batch([link(server)] * 20))
    assert [each.verdict for each in results] == ["valid"] * 20
    assert server.waited == [11.0]


def test_it_does_not_wait_longer_than_allowed(server: LaurelServer) -> None:
    laurel = client(server, max_wait=5)
    list(laurel.verify_batch([link(server)] * 50))
    with pytest.raises(RateLimited) as limited:
        laurel.verify_batch([link(server)] * 20)
    assert (limited.value.code, limited.value.retry_after, server.waited) == ("too_many_requests", 11.0, [])


@pytest.mark.parametrize("header", ["0", "1"])
def test_it_gives_up_on_a_server_that_is_never_ready(server: LaurelServer, header: str) -> None:
    with answering_with(503, b'{"code": "unavailable"}', Retry_After=header) as (url, requests):
        laurel = client(server, max_wait=3)
        laurel._transport = replace(laurel._transport, base_url=url)
        with pytest.raises(ProblemError) as failed:
            laurel.verify("ey")
    assert (failed.value.code, len(requests), server.waited) == ("unavailable", 4, [1.0] * 3)


# Servers that are not Laurel


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"verdict": 1}', b'{"verdict": "valid", "findings": 1}']
)
def test_an_unexpected_response_is_never_a_report(body: bytes) -> None:
    with answering_with(200, body) as (url, _), pytest.raises(ConnectionFailed):
        Laurel(url).verify("https://laurel.example/c/a")


def test_a_response_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurel_client.transport.MAX_BYTES", 10)
    with answering_with(200, b'{"verdict": "valid"}') as (url, _), pytest.raises(ConnectionFailed, match="too large"):
        Laurel(url).verify("ey")


def test_a_redirect_is_not_followed() -> None:
    with answering_with(200, b"{}") as (other, requests):
        with answering_with(302, b"", Location=f"{other}/") as (url, _), pytest.raises(ProblemError) as refused:
            Laurel(url, "laurel_vk_secret").verify("ey")
        assert (refused.value.status, refused.value.code, requests) == (302, "unexpected_response", [])


def test_no_server() -> None:
    with answering_with(200, b"{}") as (url, _):
        pass
    with pytest.raises(ConnectionFailed) as failed:
        Laurel(url).verify("ey")
    assert failed.value.code == "connection_failed"
    assert isinstance(failed.value, LaurelError)


@pytest.mark.parametrize("url", ["http://laurel.example", "file:///etc/passwd", "laurel.example", "ftp://localhost"])
def test_a_key_is_only_sent_over_https(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Laurel(url, "laurel_vk_secret")


# Receipts


def test_a_receipt_is_checked_offline(server: LaurelServer) -> None:
    laurel, content = client(server), document(server)
    report = laurel.verify(content, receipt=True)
    assert report.receipt is not None
    jwks = laurel.receipt_keys()
    checked = check_offline(report.receipt.jws, jwks, server.base, content)
    assert (checked.verdict, checked.signed_at, checked.about_file) == ("valid", server.laurel.now, True)
    assert check_offline(report.receipt.jws, jwks, server.base, content + b" ").about_file is False
    assert check_offline(report.receipt.jws, jwks, server.base).about_file is None
    assert laurel.receipt(report.receipt.id).jws == report.receipt.jws


def test_a_salted_receipt_needs_its_salt(server: LaurelServer) -> None:
    laurel, content = client(server), document(server, "tampered")
    report = laurel.verify(content, receipt=True)
    assert report.verdict == "invalid"
    assert report.receipt is not None
    jws, jwks, salt = report.receipt.jws, laurel.receipt_keys(), laurel.receipt(report.receipt.id).salt
    assert salt is not None
    assert check_offline(jws, jwks, server.base, content).about_file is None
    assert check_offline(jws, jwks, server.base, content, salt).about_file is True
    assert check_offline(jws, jwks, server.base, content, "00" * 16).about_file is False
    assert check_offline(jws, jwks, server.base, b"other", salt).about_file is False


def test_no_changed_receipt_and_no_other_issuer_is_accepted(server: LaurelServer) -> None:
    laurel = client(server)
    receipt, jwks = laurel.verify(link(server), receipt=True).receipt, laurel.receipt_keys()
    assert receipt is not None
    changed = [receipt.jws[:index] + other + receipt.jws[index + 1 :] for index, other in _edits(receipt.jws)]
    for token in [*changed, "", "a.b.c", "é", receipt.jws + "A"]:
        with pytest.raises(ReceiptInvalid):
            check_offline(token, jwks, server.base)
    for keys, issuer in [(jwks, "https://other.example"), ({"keys": []}, server.base), ({}, server.base)]:
        with pytest.raises(ReceiptInvalid) as refused:
            check_offline(receipt.jws, keys, issuer)
        assert refused.value.code == "receipt_invalid"


def _edits(token: str) -> list[tuple[int, str]]:
    """Every 7th character replaced by its neighbour in the alphabet, and the last by each that decodes to the same."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    positions = [index for index in range(0, len(token), 7) if token[index] != "."]
    neighbours = [(index, alphabet[alphabet.index(token[index]) ^ 1]) for index in positions]
    last = alphabet.index(token[-1])
    return neighbours + [(len(token) - 1, alphabet[last ^ change]) for change in range(1, 16)]


def test_a_receipt_of_a_later_format_is_not_read(server: LaurelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    laurel = client(server)
    receipt = laurel.verify(link(server), receipt=True).receipt
    assert receipt is not None
    monkeypatch.setattr("laurel_client.receipts.VERSION", 0)
    with pytest.raises(ReceiptInvalid, match="format"):
        check_offline(receipt.jws, laurel.receipt_keys(), server.base)


def test_a_line_break_around_an_api_key_is_left_out(server: LaurelServer) -> None:
    """The standard library's error would repeat the key, and a log the error."""
    made = client(server, "laurel_vk_hidden\r\n")
    with pytest.raises(ProblemError) as refused:
        made.verify(link(server))
    assert refused.value.status == 401
    assert "hidden" not in str(refused.value)


# The distribution


def test_it_has_at_most_300_lines_of_code() -> None:
    assert sum(map(lines_of_code, FOLDER.glob("*.py"))) <= MAX_LINES


def lines_of_code(module: Path) -> int:
    """The lines of ``module`` without empty ones, comments and docstrings."""
    source = module.read_text()
    docstrings = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {line for each in tokens if each.type not in SKIPPED for line in range(each.start[0], each.end[0] + 1)}
    return len(code - docstrings)


def test_it_needs_only_the_standard_library_and_is_typed() -> None:
    command = "import sys; sys.path.insert(0, sys.argv[1]); import laurel_client; print(laurel_client.Laurel)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", command, str(FOLDER.parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (FOLDER / "py.typed").exists()
