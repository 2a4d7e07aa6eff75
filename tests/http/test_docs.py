"""docs/api.md: its examples run and its tables are complete."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from chalicelib.access.roles import Role, allowed
from chalicelib.http.app import create_app
from chalicelib.http.core import problem
from chalicelib.http.core.access import CallerKind, Rule
from chalicelib.verify.checks.format import NOT_READ
from chalicelib.verify.keys.controllers import SUPERSEDED
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import Outcome, Verdict
from chalicelib.verify.secured import Unsupported
from chalicelib.verify.verification_context import PARTLY_UNSIGNED
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import Gateway
from tests.http.public.test_documents import IMAGE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text()
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
EXAMPLES = [line for line in LINES if line.startswith("curl ") and "Bearer" not in line]
"""The requests without a token. `tests/stack/test_documented_commands.py` runs every line against a running stack."""

DOCUMENTED_ROUTES = re.findall(r"^\| ([^|]+) \| `([A-Z]+) (/\S*)` \|", PAGE, re.MULTILINE)
"""Caller, method and path of each documented route."""


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def sample(title: str) -> dict[str, object]:
    return json.loads(re.findall(r"```json\n(.*?)```", section(title), re.DOTALL)[0])


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_runs(client: Gateway, laurel: Laurel, example: str) -> None:
    names = {"ID": id_of("valid"), "ISSUER": "fernhill", "IMAGE": IMAGE.removeprefix("/images/")}
    names["LIST"] = laurel.issuer_store.issuer("fernhill").revocation_list
    names |= {"BASE": BASE_URL, "EMAIL": "ada@example.org"}
    command = shlex.split(re.sub(r"\$([A-Z]+)", lambda match: names[match[1]], example))
    command = [word for word in command if word not in ("curl", "-s")]
    headers, data, parts = {"accept": "*/*", "user_agent": "curl/8"}, None, []
    path = command.pop().removeprefix(BASE_URL)
    for option, value in zip(command[::2], command[1::2], strict=True):
        match option:
            case "-H":
                name, _, text = value.partition(": ")
                headers[name.lower().replace("-", "_")] = text
            case "-d" | "--data-binary":
                data = curl_data(laurel, value)
                headers.setdefault("content_type", "application/x-www-form-urlencoded")
            case "-F":
                parts.append(value)
            case _:
                assert option == "-o"
    if parts:
        data = b"".join(form_part(laurel, *value.split("=", 1)) for value in parts) + b"--B--\r\n"
        headers["content_type"] = "multipart/form-data; boundary=B"
    response = client("POST" if data else "GET", path, body=data, **headers)
    assert response.status == (404 if "nothing" in path else 200)
    if headers["accept"] != "*/*":
        assert response.headers["content-type"].startswith(headers["accept"])
    if path == "/v1/verify":
        assert response.json["verdict"] == "valid"
        for report in response.json.get("results", [response.json]):
            assert report["findings"][8]["outcome"] == ("passed" if "recipient" in example else "not_applicable")


def curl_data(laurel: Laurel, value: str) -> bytes:
    """The body that curl sends for ``value``: the text itself, or the file named after the @."""
    record = laurel.issuer_store.record(id_of("valid"))
    files = {"@badge.json": record.document, "@badge.jwt": (record.jwt or "").encode()}
    return files[value] if value.startswith("@") else value.encode().replace(b"$(cat badge.json)", record.document)


def form_part(laurel: Laurel, name: str, value: str) -> bytes:
    file = f'; filename="{value[1:]}"\r\nContent-Type: application/octet-stream' if value.startswith("@") else ""
    return (
        f'--B\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        + curl_data(laurel, value)
        + b"\r\n"
    )


def test_every_error_code_is_documented() -> None:
    documented_names = {
        (code, int(status)) for code, status in re.findall(r"^\| `(\w+)` \| (\d+) \|", section("Errors"), re.MULTILINE)
    }
    own = {(code, kind.status) for code, kind in problem.KINDS.items()}
    template = (ROOT / "infrastructure" / "resources.yaml").read_text()
    gateways = {(code, int(status)) for status, code in re.findall(r'"status":(\d+),"code":"(\w+)"', template)}
    assert documented_names == own | gateways


def test_api_gateway_errors_match_the_application_errors() -> None:
    template = (ROOT / "infrastructure" / "resources.yaml").read_text()
    for kind, title, status, code in re.findall(
        r'"type":"([^"]+)","title":"([^"]+)",\s*"status":(\d+),"code":"(\w+)"', template
    ):
        assert kind == f"urn:problem-type:laurel:{code}"
        if code in problem.KINDS:
            assert problem.KINDS[code] == problem.Kind(int(status), title)


def test_every_route_is_documented(laurel: Laurel) -> None:
    documented_names = {(method, path) for _, method, path in DOCUMENTED_ROUTES}
    routes = create_app(laurel).routes
    assert documented_names == {
        (method, path) for path, methods in routes.items() for method in methods.keys() - {"HEAD", "OPTIONS"}
    }
    assert all("HEAD" in methods for methods in routes.values() if "GET" in methods)


def test_routes_require_the_documented_roles(laurel: Laurel) -> None:
    # `test_two_tenants` tests each route against its own rule; this test compares the rules with the documentation.
    routes = create_app(laurel).routes
    rules = {(method, path): routes[path][method].view_function.access for _, method, path in DOCUMENTED_ROUTES}
    documented = {(method, path): documented_role(caller, method) for caller, method, path in DOCUMENTED_ROUTES}
    assert {route: lowest_role(rule) for route, rule in rules.items()} == documented
    operators = {(method, path) for caller, method, path in DOCUMENTED_ROUTES if caller == "an operator"}
    assert {route for route, rule in rules.items() if rule.caller_kind is CallerKind.OPERATOR} == operators


def documented_role(caller: str, method: str) -> Role | None:
    """The lowest role that may use a route documented for ``caller``."""
    readers = Role.VIEWER if method == "GET" else Role.EDITOR
    roles = {"a member": Role.VIEWER, "an editor": Role.EDITOR, "an owner": Role.OWNER, "an issuer": readers}
    return roles.get(caller.removesuffix(", an operator"))


def lowest_role(rule: Rule) -> Role | None:
    """The lowest role that ``rule`` admits."""
    permission = rule.permission
    return None if permission is None else next(role for role in reversed(Role) if allowed(role, permission))


def test_sample_documents_have_the_actual_shape(client: Gateway) -> None:
    report = client.get(f"/v1/credentials/{id_of('valid')}/report").json
    shown = sample("The report")
    assert shape(shown) == shape({**report, "findings": [report["findings"][6]]})
    summary = {**client.get(f"/v1/credentials/{id_of('revoked')}").json, "credential": {}}
    assert shape(sample("A summary of a credential")) == shape(summary)
    assert shape(sample("Errors")) == shape(client.get("/c/nothing").json)


def test_every_verdict_and_outcome_is_documented() -> None:
    for word in (*Verdict, *Outcome):
        assert f"`{word}`" in section("The report")


def test_every_finding_code_is_documented_with_its_check_and_outcome() -> None:
    rows = re.findall(r"^\|([^|]*)\| (\w+) \| (`.+) \|$", section("The report"), re.MULTILINE)
    documented = {code for _, _, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert documented == codes_in_the_code()
    assert {outcome for _, outcome, _ in rows} == {outcome.value for outcome in Outcome}
    names = [name.strip() for name, _, _ in rows if name.strip()]
    assert names == [*(f"{check.number} {check.name}" for check in CHECKS), "2 to 10"]


def codes_in_the_code() -> set[str]:
    """Every code that the source of the checks gives to a finding or an error, except those that no finding shows."""
    source = "".join(path.read_text() for path in (ROOT / "chalicelib" / "verify").rglob("*.py"))
    for module in ("strict_json", "dates", "multibase"):
        source += (ROOT / "chalicelib" / "credential" / f"{module}.py").read_text()
    source += (ROOT / "chalicelib" / "net" / "issuer_keys.py").read_text()
    raised = r'(?:code=|(?:CheckFailed|CheckUnknown|Broken|UnusableKey|unreadable|_passed)\(\s*)"(\w+)"'
    given = r'(?:Outcome\.\w+,|Purpose\.\w+: \()\s*"(\w+)"'
    # Errors of the documents with an issuer's keys, which the finding `key_unavailable` explains in its message, and of
    # values inside a token or a key, which get the code of the token or the key.
    hidden = {"document_malformed", "document_other_id", "document_unreadable", "duplicate_method", "too_many_methods"}
    # A submission with one of `NOT_READ` gets the error `nothing_found` and no report.
    hidden |= {"not_base64url", "not_cbor", "url_refused", *NOT_READ}
    # Those of a did:webvh, which the finding `key_unavailable` explains.
    hidden |= {"did_deactivated", "did_malformed", "log_malformed", "witnesses_missing"}
    named = {PARTLY_UNSIGNED, SUPERSEDED, *Unsupported}
    return set(re.findall(raised, source) + re.findall(given, source)) - hidden | named


def shape(value: object) -> object:
    """The member names in ``value`` without the leaf values; a list is reduced to its first item."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return None
