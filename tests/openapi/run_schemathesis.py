"""Generate requests from the OpenAPI document with schemathesis, send them for two tenants, and check the responses.

`make contract` runs it in an environment of its own and prints one JSON line. A case is sent on the data of the first
tenant, with its key or with the same key of the other; every third one on generated paths. No response may be a 5xx,
differ from the document, or contain anything of a tenant that did not send the request.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.http.matrix import OTHER, OWNER, Call
from tests.http.test_two_tenants import CANARIES
from tests.openapi.calls import OPERATIONS, World
from tests.openapi.wsgi import application
from tools.openapi.document import PATH
from tools.openapi.operation import Operation
from tools.openapi.routes import bound_routes

CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REAL = ("achievement", "version", "referral", "domain")
"""Members that a random value never fits; a real one leads further into the code."""
HINT = "for example ada@example.org"
"""A text of the API that contains a canary."""
SERVED_BY_OTHERS = (501, 503, 504)
"""Statuses that the document gives as an answer, such as 503 for a service that does not respond."""


@dataclass
class Summary:
    """What was found."""

    operations: int = 0
    cases: int = 0
    impossible: int = 0
    """Operations without parameters and body, for which there is no wrong request."""
    statuses: Counter[str] = field(default_factory=Counter)
    server_errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.server_errors or self.violations or self.leaks)

    def line(self, seed_used: int) -> str:
        """The summary as a JSON line."""
        return json.dumps(
            {
                "operations": self.operations,
                "cases": self.cases,
                "operations_without_wrong_requests": self.impossible,
                "statuses": dict(sorted(self.statuses.items())),
                "5xx": len(self.server_errors),
                "schema_violations": len(self.violations),
                "cross_tenant_reads": len(self.leaks),
                "seed": seed_used,
            }
        )


def main() -> int:
    """Run, print what was found, and return 1 if anything was."""
    parser = argparse.ArgumentParser(prog="make contract")
    parser.add_argument("--cases", type=int, default=40, help="cases per operation and kind of data (default 40)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a regular expression of the operations, such as 'POST /v1'")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):  # metrics are printed
        found = run(arguments.cases, arguments.seed, arguments.only)
    for kind, all_ in (("5xx", found.server_errors), ("schema", found.violations), ("leak", found.leaks)):
        for each in all_[:50]:
            print(f"{kind}: {each}", file=sys.stderr)
    print(found.line(arguments.seed))
    return 0 if found.is_clean else 1


def run(cases: int, seed_used: int, only: str) -> Summary:
    """Send ``cases`` for each operation and kind of data that ``only`` matches."""
    summary = Summary()
    schema = schemathesis.openapi.from_dict(json.loads(PATH.read_text("utf-8")))
    for result in schema.get_all_operations():
        generated = result.ok()
        operation = OPERATIONS[f"{generated.method.upper()} {generated.path}"]
        if re.search(only, operation.route):
            summary.operations += 1
            for mode in schemathesis.GenerationMode:
                _send_cases(operation, generated, mode, cases, seed_used, summary)
    return summary


def _send_cases(operation: Operation, generated: Any, mode: Any, cases: int, seed_used: int, summary: Summary) -> None:
    chosen = random.Random(f"{seed_used} {operation.route} {mode}")

    @seed(seed_used)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(generated.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        _send(operation, case, chosen, summary)

    try:
        send()
    except Unsatisfiable:  # a request without parameters and body cannot be wrong
        summary.impossible += 1


def _send(operation: Operation, case: Any, chosen: random.Random, summary: Summary) -> None:
    world = World()
    sender = chosen.choice((OWNER, OTHER))
    known = world.base_call(operation)
    if chosen.random() < 2 / 3:
        _use_real_data(operation, case, known)
    case.headers.pop("Authorization", None)
    summary.cases += 1
    try:
        response = case.call(app=application(world.tenants.gateway), headers=world.headers(operation, sender))
    except AssertionError as error:  # the gateway's own check, with all objects closed
        summary.violations.append(f"{operation.route}: {str(error)[:600]}")
        return
    summary.statuses[str(response.status_code)] += 1
    where = f"{operation.route} by {sender} with {_shown(case)}: {response.status_code} {response.text[:300]}"
    if response.status_code >= 500 and response.status_code not in SERVED_BY_OTHERS:
        summary.server_errors.append(where)
        return
    try:
        case.validate_response(response, checks=CHECKS[1:])
    except (Failure, FailureGroup) as error:
        summary.violations.append(f"{where}: {str(error)[:400]}")
    if sender == OTHER and not bound_routes()[operation.route].rule.open_to_all:
        summary.leaks += [f"{canary!r} in {where}" for canary in _leaked(case, response)]


def _use_real_data(operation: Operation, case: Any, known: Call) -> None:
    """Let the case name data that exist: those of the first tenant."""
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", operation.url)
    match = re.fullmatch(pattern, known.path)
    if match is not None:
        case.path_parameters.update({name: unquote(text) for name, text in match.groupdict().items()})
    given = dict(parse_qsl(known.query))
    case.query.update({name: given[name] for name in REAL if name in given})
    if isinstance(case.body, dict) and isinstance(known.json, dict):
        case.body.update({name: known.json[name] for name in REAL if name in known.json})


def _leaked(case: Any, response: Any) -> Iterator[str]:
    """The texts of the other tenant in a response, except those that the caller sent."""
    text = f"{response.text} {response.headers}".replace(HINT, "").lower()
    sent = unquote_plus(f"{case.formatted_path} {case.query} {case.body!r}").lower()
    yield from (canary for canary in CANARIES if canary.lower() in text and canary.lower() not in sent)


def _shown(case: Any) -> str:
    return f"{case.path_parameters} {case.query} {case.body!r:.300}"


if __name__ == "__main__":
    sys.exit(main())
