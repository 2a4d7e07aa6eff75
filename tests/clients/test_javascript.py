"""clients/js in Node, over HTTP. `tests/browser/test_client.py` is about browsers."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chalicelib.verifiers.batch import answering
from tests.clients.conftest import LaurelServer
from tests.http.fake_laurel import KINDS, VERDICTS, id_of
from tests.http.senders import external_credential

MODULE = Path(__file__).parents[2] / "clients" / "js" / "laurel.js"
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="NO NODE: the JavaScript client was not tested")
START = """
import { readFileSync } from "node:fs";
const { module, clock, values } = JSON.parse(readFileSync(0, "utf8"));
const { base, key } = values;
const real = globalThis.setTimeout;
globalThis.setTimeout = (resolve, ms, ...rest) => new Error().stack.includes(module)
  ? void fetch(`${clock}/sleep/${ms / 1000}`).then(resolve)
  : real(resolve, ms, ...rest); // fetch itself has timers too
const { verify, verifyBatch, LaurelError } = await import(module);
const failure = (promise) => promise.then(() => null, (error) => error instanceof LaurelError
  ? { code: error.code, status: error.status, message: error.message, retryAfter: error.retryAfter }
  : { name: error.name });
const print = (found) => console.log(JSON.stringify(found));
"""


def run(server: LaurelServer, script: str, **values: object) -> Any:
    """What ``script`` prints; waiting only moves the clock of ``server``."""
    sent = {"module": MODULE.as_uri(), "clock": server.files.url, "values": {"base": server.base, **values}}
    done = subprocess.run(
        ["node", "--input-type=module", "-e", START + script],
        input=json.dumps(sent), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def link(server: LaurelServer, kind: str = "valid") -> str:
    return f"{server.base}/c/{id_of(kind)}"


def many(count: int) -> list[dict[str, object]]:
    return [{"ref": f"n{number}", "credential": external_credential()} for number in range(count)]


def test_a_link_a_text_an_object_and_a_file_get_the_same_report(server: LaurelServer) -> None:
    text = server.laurel.issuer_store.record(id_of("valid")).document.decode()
    script = """
    const { text, link } = values, object = JSON.parse(text), bytes = new TextEncoder().encode(text);
    const inputs = [link, ` ${link}`, text, object, { credential: object }, bytes, new Blob([bytes])];
    const reports = await Promise.all(inputs.map((input) => verify(input, { base })));
    print(reports.map((each) => [each.verdict, each.issuer_check, each.findings.length, each.not_checked.length > 0]));
    """
    assert run(server, script, text=text, link=link(server)) == [["valid", "passed", 10, True]] * 7


def test_the_recipient_is_checked_and_overrides_that_of_an_envelope(server: LaurelServer) -> None:
    text = server.laurel.issuer_store.record(id_of("valid")).document.decode()
    script = """
    const object = JSON.parse(values.text), found = [];
    const envelope = { credential: object, recipient: { email: "ada@example.org" } };
    for (const input of [object, new Blob([values.text]), envelope])
      for (const recipient of ["ada@example.org", "eve@example.org"])
        found.push((await verify(input, { base, recipient })).findings[8].outcome);
    found.push((await failure(verify(object, { base, recipient: "" }))).code);
    found.push((await failure(verify(new Blob([values.text]), { base, recipient: "" }))).code);
    print(found);
    """
    assert run(server, script, text=text) == ["passed", "failed"] * 3 + ["invalid_request"] * 2


def test_a_receipt(server: LaurelServer) -> None:
    script = "print((await verify(values.link, { base, receipt: true })).receipt);"
    receipt = run(server, script, link=link(server))
    assert receipt["url"] == f"{server.base}/r/{receipt['id']}"


def test_errors_have_the_stable_code(server: LaurelServer) -> None:
    script = """
    const found = [await failure(verify("no credential", { base }))];
    found.push(await failure(verify(values.link, { base, key: "laurel_vk_wrong" })));
    found.push(await failure(verify(values.link, { base: values.other })));
    found.push(await failure(verify(values.link, { base, signal: AbortSignal.abort() })));
    print(found);
    """
    nothing, unknown, other, aborted = run(server, script, link=link(server), other=server.files.url)
    assert (nothing["code"], nothing["status"]) == ("nothing_found", 422)
    assert nothing["message"]
    assert (unknown["code"], unknown["status"]) == ("unauthenticated", 401)
    assert (other["code"], other["status"]) == ("unexpected_response", 501)
    assert aborted == {"name": "AbortError"}


def test_results_are_in_order_and_a_bad_item_does_not_affect_the_rest(server: LaurelServer) -> None:
    script = """
    const results = await verifyBatch([...values.links, { ref: "bad", url: 1 }], { base });
    print(results.map((result) => [result.ref, result.verdict ?? result.problem.code]));
    """
    found = run(server, script, links=[link(server, kind) for kind in KINDS])
    expected = [[str(number), VERDICTS.get(kind, kind)] for number, kind in enumerate(KINDS)]
    assert found == [*expected, ["bad", "invalid_request"]]


def test_a_job_is_awaited_and_its_results_are_read_without_the_key(server: LaurelServer) -> None:
    items = many(answering.MAX_ITEMS + 1)
    script = """
    const options = { base, key, idempotencyKey: "monday" };
    const late = await failure(verifyBatch(values.items, { ...options, timeout: 0 }));
    const results = await verifyBatch(values.items, options);
    print([late, results.map((result) => [result.ref, result.verdict])]);
    """
    late, results = run(server, script, items=items, key=server.key())
    assert late["code"] == "job_timeout"
    assert late["message"].startswith(f"{server.base}/v1/verify/batch/")
    assert results == [[item["ref"], "valid"] for item in items]
    assert len(server.laurel.job_store.jobs) == 1
    assert ["authorization" in headers for headers in server.sent_to_files] == [False]


def test_missing_results_are_an_error(server: LaurelServer) -> None:
    items, key = many(answering.MAX_ITEMS + 1), server.key()
    script = """
    print(await failure(verifyBatch(values.items, { base, key, idempotencyKey: "cut", timeout: values.timeout })));
    """
    run(server, script, items=items, key=key, timeout=0)
    server.work()
    [job_id] = server.files.results
    server.files.results[job_id] = b"".join(server.files.results[job_id].splitlines(keepends=True)[:-1])
    found = run(server, script, items=items, key=key, timeout=60)
    assert (found["code"], found["message"]) == ("unexpected_response", "Incomplete")


def test_it_waits_as_long_as_laurel_asks_but_not_longer_than_allowed(server: LaurelServer) -> None:
    script = """
    const items = Array(50).fill(values.link), more = items.slice(0, 20);
    await verifyBatch(items, { base });
    const limited = await failure(verifyBatch(more, { base, maxWait: 5 }));
    print([limited, (await verifyBatch(more, { base })).map((result) => result.verdict)]);
    """
    limited, verdicts = run(server, script, link=link(server))
    assert (limited["code"], limited["status"]) == ("too_many_requests", 429)
    assert limited["retryAfter"] > 5
    assert verdicts == ["valid"] * 20
    assert server.waited[-1] >= limited["retryAfter"]
