"""The order of every route: authorise the caller, then bound the body, then read it.

Every route that takes a body is called by those whom it must not serve, with a body that records whether it was read.
The routes are those of the created app, so a new route is tested as soon as it is bound.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from chalice.local import LambdaContext

from chalicelib.access.roles import Role
from chalicelib.directory.profiles.consent import Audience
from chalicelib.directory.profiles.profile import Details
from chalicelib.directory.profiles.published import Published
from chalicelib.http.core.access import CallerKind
from chalicelib.http.input import body, form
from tests.http.gateway import HTML
from tests.http.matrix import OTHER, OWNER, Call, EntryContext
from tests.http.test_two_tenants import ALLOWED, BEARER, GUARDED, ORIGIN, ROUTES, TwoTenants, build, rule
from tests.http.verifiers.keys import as_verifier

URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
HUGE = b"a=" + b"%41" * (form.MAX_WITH_FILE // 3)
"""The attack: a form of 4 MB, which takes over a second and half a gigabyte to parse."""
OVER_EVERY_LIMIT = HUGE + b"x" * 64
WRITES = [(method, path) for method, path in GUARDED if method != "GET"]
PUBLIC_WRITES = [
    (method, path)
    for method, path in ROUTES
    if method == "POST" and rule(method, path).open_to_all and "proxy" not in path
]
HOLDER = "h" * 26
PATHS = {
    "/holders/{id}": f"/holders/{HOLDER}",
    "{id}": "valid".ljust(26, "2"),
    "{token}": "a" * 65,
    "{suite}": "eddsa-rdfc-2022",
}


class WatchedBody(str):
    """A body as API Gateway passes it, in base64; it records whether it was decoded."""

    __slots__ = ("read",)

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        self.read = True
        return super().encode(encoding, errors)


@cache
def in_base64(sent: bytes) -> str:
    """``sent`` as API Gateway passes it. Megabytes are encoded once for all routes."""
    return base64.b64encode(sent).decode()


def call_with(tenants: TwoTenants, method: str, call: Call, sent: bytes, headers: dict[str, str]) -> tuple[int, bool]:
    """The status of the response, and whether the body was read."""
    named = {name.replace("_", "-"): value for name, value in {**(call.headers or {}), **headers}.items()}
    event: dict[str, Any] = tenants.gateway.event(method, call.path, b"", encode=True, headers=named)
    watched = WatchedBody(in_base64(sent))
    watched.read = False
    status = tenants.gateway.app({**event, "body": watched}, LambdaContext("laurel", 1024))["statusCode"]
    return status, watched.read


def unauthorised(tenants: TwoTenants, method: str, path: str) -> Iterator[dict[str, str]]:
    """Headers of every kind of caller whom the route must not serve."""
    access = rule(method, path)
    yield {"accept": HTML}
    yield {"authorization": "Bearer laurel_" + "a" * 16 + "_" + "a" * 52}
    yield {"cookie": "laurel_session=a.b.c", "accept": HTML, "origin": ORIGIN}
    refused = [role for role in Role if role not in ALLOWED.get(access.permission or "", set())]
    if access.caller_kind in BEARER:
        yield from (tenants.token(OWNER, role) for role in refused)
        if access.caller_kind is CallerKind.TOKEN:
            yield tenants.token(None)
        if path == "/v1/issuers/{id}":
            yield tenants.token(OTHER, Role.OWNER)
    else:
        yield {**tenants.session("owner@canary.example")[0], "origin": "https://evil.example"}
    if access.caller_kind is CallerKind.MEMBER:
        others = ("owner@other.example", *(f"{role}@canary.example" for role in refused))
        yield from ({**tenants.session(email)[0], "origin": ORIGIN} for email in others)


@pytest.mark.parametrize(("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES])
def test_the_body_of_an_unauthorised_caller_is_never_read(method: str, path: str) -> None:
    tenants = TwoTenants()
    # The entry of a webhook is well-formed: its signature can only be compared with the body (see the next test).
    call = replace(build(method, path, EntryContext(tenants.laurel)), headers=None)
    for headers in unauthorised(tenants, method, path):
        for sent, media_type in ((b"{}", "application/json"), (b"a=b", URL_ENCODED), (b"--x--", MULTIPART)):
            status, read = call_with(tenants, method, call, sent, {**headers, "content_type": media_type})
            assert not read, f"{method} {path} read the body of {headers} before it answered {status}"
            assert status in (200, 303, 401, 403, 404)


def test_a_webhooks_message_is_not_parsed_before_its_signature_is_compared() -> None:
    tenants = TwoTenants()
    call = build("POST", "/webhooks/{id}", EntryContext(tenants.laurel))
    not_json = b"[" * 60_000
    assert call_with(tenants, "POST", call, not_json, {"content_type": "application/json"}) == (401, True)
    unknown = replace(call, path=call.path[:-1] + ("a" if call.path[-1] != "a" else "b"))
    assert call_with(tenants, "POST", unknown, not_json, {"content_type": "application/json"}) == (404, False)


@pytest.mark.parametrize(("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES])
def test_a_body_over_the_limit_is_never_read(method: str, path: str) -> None:
    tenants = TwoTenants()
    call = build(method, path, EntryContext(tenants.laurel))
    session, _ = tenants.session("owner@canary.example")
    allowed = {
        CallerKind.TOKEN: tenants.token(OWNER, Role.OWNER),
        CallerKind.EITHER: tenants.token(OWNER, Role.OWNER),
        CallerKind.OPERATOR: tenants.token(None),
        CallerKind.PERSON: {**session, "origin": ORIGIN},
        CallerKind.MEMBER: {**session, "origin": ORIGIN},
        CallerKind.BY_SECRET: {},
        CallerKind.VERIFIER: as_verifier(tenants.laurel),
    }[rule(method, path).caller_kind]
    # For a browser, the text beside a file that is too large is kept: console/forms/test_form_resubmission.py.
    program = {**allowed, "accept": "application/json"}
    for media_type, headers in (("application/json", program), (URL_ENCODED, allowed), (MULTIPART, program)):
        status, read = call_with(tenants, method, call, OVER_EVERY_LIMIT, {**headers, "content_type": media_type})
        assert not read, f"{method} {path} read {len(HUGE):,} bytes of {media_type} before it answered {status}"


@pytest.mark.parametrize(("method", "path"), PUBLIC_WRITES, ids=[f"{method} {path}" for method, path in PUBLIC_WRITES])
def test_a_public_route_bounds_a_body_before_it_reads_it(method: str, path: str) -> None:
    tenants = TwoTenants()
    public = Published(
        HOLDER, Details("Ada"), (), indexed=False, since=tenants.laurel.now, expires_at=None, contact=Audience.PUBLIC
    )
    tenants.laurel.profile_store.public[HOLDER] = public
    for name, value in PATHS.items():
        path = path.replace(name, value)
    for media_type in ("application/json", URL_ENCODED, MULTIPART):
        status, read = call_with(tenants, method, Call(path), HUGE, {"content_type": media_type, "accept": HTML})
        assert (status, read) == (413, False)


def test_no_form_is_url_encoded_beyond_the_limit_of_its_fields() -> None:
    tenants = TwoTenants()
    session, _ = tenants.session("owner@canary.example")
    headers = {**session, "origin": ORIGIN, "content_type": URL_ENCODED}
    path = f"/console/{OWNER}/achievements/new"
    assert call_with(tenants, "POST", Call(path), HUGE[: body.MAX_FIELDS + 1], headers) == (413, False)


def test_a_holders_form_is_bounded_to_four_kilobytes() -> None:
    tenants = TwoTenants()
    path = holder_path(tenants)
    big = HUGE[: body.MAX_ADDRESS_FORM + 1]
    assert call_with(tenants, "POST", Call(path), big, {"content_type": URL_ENCODED}) == (413, False)
    sent = b"do=zone&zone=Europe%2FBerlin"
    assert call_with(tenants, "POST", Call(path), sent, {"content_type": URL_ENCODED}) == (303, True)


def holder_path(tenants: TwoTenants) -> str:
    """The path of a holder's page."""
    from chalicelib.delivery.links import Purpose

    url, link = tenants.laurel.delivery_context.link(Purpose.MY, "ada@example.org")
    tenants.laurel.delivery_store.add_links((link,))
    return url.removeprefix(ORIGIN)
