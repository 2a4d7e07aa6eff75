"""Batches over real connections: what their items share is fetched once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.reports.submitted import SubmittedReport
from chalicelib.verifiers.batch.checking import SEGMENT, Checked
from chalicelib.verifiers.batch.items import Item
from tests.makers import as_bytes, issuer, signed, unsigned
from tests.net.external_host import ok
from tests.net.test_external_issuers import LOG
from tests.net.worker import OTHERS, VICTIM, VISIT, Worker
from tests.verify.did_webvh.histories import ISSUING, did_of, document, first, following, lines

MANY = 1_000


def check(worker: Worker, items: list[Item]) -> list[Checked]:
    with worker.batches.admitted(VISIT, len(items), 60) as batch:
        return [one for start in range(0, len(items), SEGMENT) for one in batch.check(items[start : start + SEGMENT])]


def verdicts(checked: list[Checked]) -> set[str]:
    return {
        one.result.report.verdict.value if isinstance(one.result, SubmittedReport) else one.result.code
        for one in checked
    }


def of_one_issuer(worker: Worker, count: int) -> list[Item]:
    history: list[dict[str, Any]] = [
        first(state=document(f"did:webvh:{{SCID}}:{VICTIM}%3A{worker.server.port}:issuers"))
    ]
    worker.server.pages[LOG] = ok(lines([*history, following(history[0])]), "Cache-Control: no-store")
    did = did_of(lines(history))
    made = unsigned(replace(issuer(ISSUING), did=did), entries=())
    del made["credentialStatus"]
    one = as_bytes(signed(made, ISSUING, method=f"{did}#key-1"))
    return [Item(str(number), one) for number in range(count)]


def test_a_thousand_credentials_of_one_issuer_cause_at_most_three_fetches(worker: Worker) -> None:
    checked = check(worker, of_one_issuer(worker, MANY))
    assert verdicts(checked) == {"valid"}
    assert len(worker.server.paths) <= 3


def test_links_to_one_host_are_all_followed(worker: Worker) -> None:
    """More than a single credential may request: the caller, and no document, has chosen them."""
    (item,) = of_one_issuer(worker, 1)
    paths = [f"/badges/{number}.json" for number in range(2 * SEGMENT)]
    worker.server.pages |= dict.fromkeys(paths, ok(item.source))
    items = [Item(path, worker.url(path, OTHERS[0]).encode(), is_link=True) for path in paths]
    assert verdicts(check(worker, items)) == {"valid"}
    assert sorted(worker.server.paths) == sorted([*paths, LOG])


def test_a_dead_link_fails_alone(worker: Worker) -> None:
    items = of_one_issuer(worker, 1)
    items.append(Item("dead", worker.url("/nothing").encode(), is_link=True))
    assert verdicts(check(worker, items)) == {"valid", "http_status"}
