"""How each operation is called in tests: with the example of the document, or as the access matrix calls it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlencode

from chalicelib.access.roles import Role
from chalicelib.http.core.access import CallerKind
from chalicelib.verifiers.batch import jobs
from chalicelib.verifiers.batch.job import Detail
from chalicelib.verifiers.verifier import Verifier
from chalicelib.verifiers.watches import changing, creating
from chalicelib.verifiers.watches.creating import WatchDraft
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import Response
from tests.http.matrix import OTHER, OWNER, Call, EntryContext, entries
from tests.http.test_two_tenants import TwoTenants
from tests.http.verifiers.keys import create_key, create_verifier
from tools.openapi.areas import AREAS
from tools.openapi.areas.credentials import EXAMPLE_ACHIEVEMENT
from tools.openapi.operation import Operation
from tools.openapi.routes import BASE_URL as EXAMPLE_URL
from tools.openapi.routes import bound_routes

OPERATIONS: Mapping[str, Operation] = {each.route: each for area in AREAS for each in area.operations}
_MATRIX = entries()
_PROFILE = "q" * 26
"""A holder without a public profile."""


def _receipt(at: EntryContext) -> str:
    sent = json.dumps({"url": f"{BASE_URL}/c/{at.credential}", "receipt": True}).encode()
    return str(TwoTenants(at.laurel).gateway.post("/v1/verify", sent).json["receipt"]["id"])


def _lists(at: EntryContext) -> str:
    return f"/status/{at.laurel.issuer_store.issuer(at.owner).revocation_list}"


PUBLIC: Mapping[str, Callable[[EntryContext], str]] = {
    "GET /c/{id}": lambda at: f"/c/{at.credential}",
    "GET /v1/credentials/{id}": lambda at: f"/v1/credentials/{at.credential}",
    "GET /v1/credentials/{id}/report": lambda at: f"/v1/credentials/{at.credential}/report",
    "POST /v1/credentials/{id}/report": lambda at: f"/v1/credentials/{at.credential}/report",
    "GET /c/{id}/credential.json": lambda at: f"/c/{at.credential}/credential.json",
    "GET /c/{id}/credential.jwt": lambda at: f"/c/{at.credential}/credential.jwt",
    "GET /status/{list}": _lists,
    "GET /issuers/{id}/did.json": lambda at: f"/issuers/{at.owner}/did.json",
    "GET /r/{file}": lambda at: f"/r/{_receipt(at)}",
    "GET /issuers/{id}": lambda at: f"/issuers/{at.owner}",
    "GET /achievements/{id}": lambda at: f"/achievements/{at.achievement}",
    "GET /holders/{id}": lambda _: f"/holders/{_PROFILE}",
    "POST /credentials/issue/{suite}": lambda _: "/credentials/issue/eddsa-rdfc-2022",
    "GET /oembed": lambda at: f"/oembed?{urlencode({'url': f'{BASE_URL}/c/{at.credential}'})}",
}
"""The paths of public operations; one without variables is its own."""


@dataclass
class World:
    """The two tenants of an issuer, and two verifiers, each with a batch."""

    tenants: TwoTenants = field(default_factory=TwoTenants)

    @property
    def laurel(self) -> Laurel:
        return self.tenants.laurel

    @cached_property
    def verifiers(self) -> Mapping[str, Verifier]:
        """The verifiers by the issuer that stands for the same tenant."""
        return {each: create_verifier(self.laurel, f"dev@{each}.example") for each in (OWNER, OTHER)}

    def headers(self, operation: Operation, issuer_id: str = OWNER) -> dict[str, str]:
        """The API key of a tenant for ``operation``, none for a public one. The first tenant is an operator too."""
        rule = bound_routes()[operation.route].rule
        if rule.caller_kind is CallerKind.VERIFIER:
            return {"authorization": f"Bearer {create_key(self.laurel, self.verifiers[issuer_id]).text}"}
        if rule.caller_kind is CallerKind.OPERATOR and issuer_id == OWNER:
            return self.tenants.token(None)
        if rule.caller_kind in (CallerKind.TOKEN, CallerKind.EITHER, CallerKind.OPERATOR):
            return self.tenants.token(issuer_id, Role.OWNER)
        return {}

    def base_call(self, operation: Operation) -> Call:
        """A call of ``operation`` on the data of the first tenant."""
        at = EntryContext(self.laurel)
        if operation.route == "GET /v1/verify/batch/{id}":
            return Call(f"/v1/verify/batch/{self._batch()}")
        if operation.url.startswith("/v1/watches/{id}"):
            return Call(self._watch(operation.url))
        entry = _MATRIX.get((operation.method, operation.url))
        if entry is not None:
            return entry(at)
        path, _, query = PUBLIC.get(operation.route, lambda _: operation.url)(at).partition("?")
        return Call(path, query=query)

    def example_call(self, operation: Operation) -> Call:
        """The same with the example of the document as its body."""
        call = self.base_call(operation)
        if operation.body is None:
            return call
        media_type, example = operation.body.types[0], operation.body.example
        known = call.json if isinstance(call.json, dict) else {}
        sent = _with_real_values(example, known, EntryContext(self.laurel).achievement)
        return replace(call, json=None, form=None, body=_written(sent, media_type), media_type=media_type)

    def send(self, operation: Operation, call: Call, headers: dict[str, str]) -> Response:
        return self.tenants.send(operation.method, call, headers)

    def _batch(self) -> str:
        owner = self.verifiers[OWNER].id
        return jobs.create(
            self.laurel.batch_jobs, "j" * 26, owner, Detail.SUMMARY, ['{"ref": "Canary College"}'], []
        ).id

    def _watch(self, url: str) -> str:
        """``url`` with the ids of a watch of the first tenant, and of a delivery of it."""
        context, owner = self.laurel.watch_context, self.verifiers[OWNER].id
        draft = WatchDraft("https://canary.example/laurel", EntryContext(self.laurel).credential)
        watch = creating.create(context, owner, "w" * 26, draft).watch
        delivery = changing.test(context, owner, watch.id)
        return url.replace("{id}", watch.id).replace("{delivery}", delivery.id)


def _written(sent: object, media_type: str) -> bytes:
    if isinstance(sent, dict) and media_type == "application/x-www-form-urlencoded":
        return urlencode(sent).encode()
    return sent.encode() if isinstance(sent, str) else json.dumps(sent).encode()


_OF_THE_DATA = ("version", "referral", "domain")
"""Members of examples whose values have to fit the data that they are sent for."""


def _with_real_values(example: object, known: Mapping[str, object], achievement: str) -> object:
    """``example`` with the ids and addresses of the test in place of those of the document."""
    text = json.dumps(example).replace(EXAMPLE_ACHIEVEMENT, achievement).replace(EXAMPLE_URL, BASE_URL)
    found = json.loads(text)
    return (
        {**found, **{name: known[name] for name in _OF_THE_DATA if name in found and name in known}}
        if isinstance(found, dict)
        else found
    )
