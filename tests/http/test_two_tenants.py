"""Access to every route by every kind of caller, and isolation of the two tenants.

The routes are those of the created app, so a new route fails here until it has an access rule and an entry in
`tests/http/matrix`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from urllib.parse import unquote_plus

import pytest

from chalicelib.access import members, sessions, tokens
from chalicelib.access.roles import Role
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.http.app import create_app
from chalicelib.http.core.access import CallerKind, Rule
from chalicelib.verifiers.scope import Scope
from tests.http.fake_laurel import Laurel, seeded
from tests.http.gateway import HTML, Gateway, Response
from tests.http.matrix import OTHER, OWNER, Call, EntryContext, entries
from tests.http.verifiers.keys import as_verifier

CANARIES = (
    "Ada Nwosu", "ada@example.org", "Canary achievement", "Issued to the wrong person", "canary.example",
    "canary token", "Canary College", "did:example:ada", "Canary report",
)  # fmt: skip
"""Texts that occur only in the owner's data."""
ORIGIN = "http://localhost:8000"
APP = create_app(seeded())
ROUTES = [(method, path) for path, methods in sorted(APP.routes.items()) for method in sorted(methods)]
MATRIX = entries()


def rule(method: str, path: str) -> Rule:
    found = getattr(APP.routes[path][method].view_function, "access", None)
    assert isinstance(found, Rule), f"{method} {path} has no access rule"
    return found


GUARDED = [(method, path) for method, path in ROUTES if method != "HEAD" and not rule(method, path).open_to_all]
"""The routes under test. `HEAD` has the rule of `GET` (`test_head_has_the_same_access_rule_as_get`)."""
PUBLIC = {
    "GET /", "POST /", "GET /c/{id}", "POST /c/{id}", "GET /v1/credentials/{id}",
    "GET /v1/credentials/{id}/report", "POST /v1/credentials/{id}/report", "POST /v1/verify", "POST /v1/verify/batch",
    "GET /verify/batch", "POST /verify/batch", "POST /mcp",
    "POST /credentials/verify", "POST /presentations/verify", "POST /credentials/issue",
    "POST /credentials/issue/{suite}",
    "POST /without-issuer-binding/credentials/verify", "POST /without-issuer-binding/presentations/verify",
    "GET /.well-known/did.json", "GET /issuers/{id}/did.json",
    "GET /.well-known/jwks.json", "GET /r/{file}", "POST /c/{id}/receipt",
    "GET /openapi.json", "GET /docs",
    "GET /privacy", "GET /robots.txt", "GET /sitemap.xml", "GET /sitemaps/{file}",
    "GET /directory", "GET /directory/listings/{id}", "GET /v1/directory", "GET /v1/directory/suggest",
    "GET /holders/{id}", "GET /holders/{id}/embed", "GET /embed/holders/{id}",
    "GET /issuers/{id}/directory", "GET /issuers/{id}/directory/embed", "GET /embed/issuers/{id}/directory",
    "GET /issuers/{id}", "GET /achievements/{id}", "GET /go/{token}",
    "GET /status/{list}", "GET /images/{file}", "GET /sign-in", "POST /sign-in", "GET /console.js", "GET /{proxy+}",
    "GET /c/{id}/embed", "GET /embed.js", "GET /client/{file}", "GET /embed/{id}", "GET /badge/{file}", "GET /oembed",
    "POST /v1/events", "GET /c/{id}/wallet/google", "GET /c/{id}/wallet/apple",
    "GET /c/{id}/card.png", "GET /c/{id}/qr.svg", "GET /c/{id}/certificate.pdf", "GET /c/{id}/badge.png",
    "GET /c/{id}/report", "POST /c/{id}/report", "GET /holders/{id}/contact", "POST /holders/{id}/contact",
    "GET /c/{id}/holder", "POST /c/{id}/holder",
    "GET /c/{id}/badge.svg", "GET /c/{id}/credential.json", "GET /c/{id}/credential.jwt",
}  # fmt: skip
"""A new public route must be added here as well."""


@cache
def prepared() -> Laurel:
    """Two tenants with members of every role."""
    laurel = seeded()
    issuer_actions.create(laurel.issuer_context, NewIssuer(OTHER, "Other", "https://other.example/", "Teaches, too."))
    for issuer_id in (OWNER, OTHER):
        domain = "canary.example" if issuer_id == OWNER else "other.example"
        for role in Role:
            members.add(laurel.access_context, issuer_id, f"{role}@{domain}", role)
    tokens.make(laurel.access_context, OWNER, Role.VIEWER, "canary token", "ada@example.org")
    # The default names also occur in hints of the console, so they cannot be canaries.
    issuer_actions.update_profile(laurel.issuer_context, OWNER, {"name": "Canary College"}, by_operator=True)
    named = laurel.issuer_store._achievements
    named.update({key: replace(one, name="Canary achievement") for key, one in named.items()})
    return laurel


@dataclass
class TwoTenants:
    """A copy of the two tenants, and their callers."""

    laurel: Laurel = field(default_factory=lambda: prepared().copy())

    @cached_property
    def gateway(self) -> Gateway:
        return Gateway.over(self.laurel)

    def token(self, issuer_id: str | None, role: Role | None = None) -> dict[str, str]:
        _, text = tokens.make(self.laurel.access_context, issuer_id, role, f"{role}'s", "tests")
        return {"authorization": f"Bearer {text}"}

    def session(self, email: str) -> tuple[dict[str, str], str]:
        session, cookie = sessions.sign_in(self.laurel.access_context, email)
        return {"cookie": f"laurel_session={cookie}", "accept": HTML}, session.csrf

    def send(self, method: str, call: Call, headers: dict[str, str], csrf: str | None = None) -> Response:
        sent, extra = call.sent, dict(call.headers or {})
        if call.form is not None:
            extra["content_type"] = "application/x-www-form-urlencoded"
            if csrf is not None:
                sent = (sent + b"&" if sent else b"") + f"csrf={csrf}".encode()
        elif sent is not None:
            extra["content_type"] = call.media_type
        if "cookie" in headers and method not in ("GET", "HEAD"):
            extra.setdefault("origin", ORIGIN)
        path = call.path + (f"?{call.query}" if call.query else "")
        return self.gateway(method, path, body=sent, **{**extra, **headers})

    def stored_state(self) -> str:
        """Everything stored, except when a token was last used."""
        pathways, webhooks = self.laurel.pathways, self.laurel.webhooks
        stores = [
            self.laurel.issuer_store.__dict__,
            self.laurel.member_store._members,
            pathways.__dict__,
            webhooks.__dict__,
            self.laurel.visitor_reports.by_id,
            self.laurel.erasure_store.stored,
        ]
        return repr(stores)


@pytest.fixture
def tenants() -> TwoTenants:
    return TwoTenants()


def build(method: str, path: str, at: EntryContext) -> Call:
    entry = MATRIX.get((method, path))
    assert entry is not None, f"{method} {path} has no entry in tests/http/matrix"
    return entry(at)


def assert_no_leak(response: Response, call: Call) -> None:
    """Assert that ``response`` contains none of the owner's data, except what the caller sent."""
    text = (response.text + repr(dict(response.headers))).lower()
    known = unquote_plus(f"{call.path} {call.query} {(call.sent or b'').decode('utf-8', 'replace')}").lower()
    leaked = [canary for canary in CANARIES if canary.lower() in text and canary.lower() not in known]
    assert leaked == [], text[-2000:]


def assert_private(response: Response) -> None:
    assert response.headers["cache-control"] == "private, no-store"
    assert "access-control-allow-origin" not in response.headers


def for_caller_kinds(*caller_kinds: CallerKind) -> Callable[[Callable[..., None]], Callable[..., None]]:
    found = [(method, path) for method, path in GUARDED if rule(method, path).caller_kind in caller_kinds]
    return pytest.mark.parametrize(("method", "path"), found, ids=[f"{method} {path}" for method, path in found])


def roles(method: str, path: str) -> list[tuple[Role, bool]]:
    """Each role, and whether it may call the route."""
    return [(role, role in ALLOWED[rule(method, path).permission or ""]) for role in Role]


BEARER = (CallerKind.TOKEN, CallerKind.OPERATOR, CallerKind.EITHER)
BROWSER = (CallerKind.PERSON, CallerKind.MEMBER)


def test_every_route_declares_its_access_rule() -> None:
    assert all(rule(method, path) for method, path in ROUTES)


def test_public_routes_are_exactly_the_listed_ones() -> None:
    open_ = {f"{method} {path}" for method, path in ROUTES if rule(method, path).open_to_all}
    assert {each for each in open_ if not each.startswith(("HEAD", "OPTIONS"))} == PUBLIC


def test_head_has_the_same_access_rule_as_get() -> None:
    for path, methods in APP.routes.items():
        if "HEAD" in methods:
            assert rule("HEAD", path) == rule("GET", path)
            assert methods["HEAD"].view_function.__name__ == methods["GET"].view_function.__name__


def test_every_matrix_entry_has_a_route() -> None:
    bound = {(method, path) for method, path in GUARDED}
    assert MATRIX.keys() <= bound


def test_member_routes_start_with_the_issuer() -> None:
    for method, path in GUARDED:
        if rule(method, path).caller_kind is CallerKind.MEMBER:
            assert re.match(r"/console/\{issuer\}(/|$)", path), f"{method} {path}"


@for_caller_kinds(*BEARER)
def test_a_request_without_a_valid_token_is_401(tenants: TwoTenants, method: str, path: str) -> None:
    call = build(method, path, EntryContext(tenants.laurel))
    before = tenants.stored_state()
    cookie, _ = tenants.session("owner@canary.example")
    valid_authorization = tenants.token(OWNER, Role.OWNER)["authorization"]
    for headers in (
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer laurel_" + "a" * 16 + "_" + "a" * 52},
        {"authorization": valid_authorization[:-1]},
        {"authorization": "Basic " + valid_authorization.partition(" ")[2]},
        {"cookie": cookie["cookie"]},
        {"cookie": f"authorization={valid_authorization}"},
    ):
        response = tenants.send(method, call, headers)
        assert response.status == 401
        assert response.headers["www-authenticate"] == response.json["authenticate"] == "Bearer"
        assert_private(response)
        assert_no_leak(response, call)
    assert tenants.stored_state() == before


@for_caller_kinds(CallerKind.TOKEN, CallerKind.EITHER)
def test_a_token_can_do_what_its_role_allows(method: str, path: str) -> None:
    for role, allowed in roles(method, path):
        tenants = TwoTenants()
        call = build(method, path, EntryContext(tenants.laurel))
        before = tenants.stored_state()
        response = tenants.send(method, call, tenants.token(OWNER, role))
        assert response.status == (call.allowed_status if allowed else 403), f"{role}: {response.text}"
        assert_private(response)
        if not allowed:
            assert_no_leak(response, call)
            assert tenants.stored_state() == before, role


@for_caller_kinds(CallerKind.TOKEN, CallerKind.EITHER)
def test_a_token_of_another_tenant_gets_404(method: str, path: str) -> None:
    for role, allowed in roles(method, path):
        tenants = TwoTenants()
        call = build(method, path, EntryContext(tenants.laurel))
        foreign_status = call.foreign_status or (404 if "{" in path else call.allowed_status)
        before = tenants.stored_state()
        response = tenants.send(method, call, tenants.token(OTHER, role))
        assert response.status == (foreign_status if allowed else 403), f"{role}: {response.text}"
        assert_no_leak(response, call)
        if response.status >= 400:
            assert tenants.stored_state() == before, role


@for_caller_kinds(*BEARER)
def test_an_operator_token_opens_only_operator_routes(tenants: TwoTenants, method: str, path: str) -> None:
    call = build(method, path, EntryContext(tenants.laurel))
    response = tenants.send(method, call, tenants.token(None))
    if rule(method, path).caller_kind is CallerKind.TOKEN:
        assert response.status == 403
        assert_no_leak(response, call)
    else:
        assert response.status == call.allowed_status, response.text


@for_caller_kinds(CallerKind.OPERATOR)
def test_an_issuer_token_does_not_open_operator_routes(tenants: TwoTenants, method: str, path: str) -> None:
    call = build(method, path, EntryContext(tenants.laurel))
    before = tenants.stored_state()
    for role in Role:
        assert tenants.send(method, call, tenants.token(OWNER, role)).status == 403, role
        assert tenants.stored_state() == before, role


@for_caller_kinds(*BROWSER)
def test_a_visitor_without_a_session_is_redirected_to_sign_in(tenants: TwoTenants, method: str, path: str) -> None:
    call = build(method, path, EntryContext(tenants.laurel))
    before = tenants.stored_state()
    _, cookie = sessions.sign_in(tenants.laurel.access_context, "owner@canary.example")
    for headers in (
        {},
        {"cookie": "laurel_session="},
        {"cookie": f"laurel_session={cookie[:-4]}AAAA"},
        {"cookie": f"laurel_session={cookie}; laurel_session={cookie}"},
        {"cookie": f"__Host-laurel_session={cookie}"},
        tenants.token(OWNER, Role.OWNER),
        tenants.token(None),
    ):
        response = tenants.send(method, call, {"accept": HTML, **headers})
        assert (response.status, response.headers["location"].partition("?")[0]) == (303, f"{ORIGIN}/sign-in")
        assert_private(response)
        assert_no_leak(response, call)
        assert tenants.send(method, call, {**headers, "accept": "application/json"}).status == 401
    assert tenants.stored_state() == before


@for_caller_kinds(CallerKind.PERSON)
def test_a_signed_in_person_sees_only_their_own_data(tenants: TwoTenants, method: str, path: str) -> None:
    for email in ("owner@other.example", "viewer@other.example", "stranger@elsewhere.example"):
        call = build(method, path, EntryContext(tenants.laurel))
        headers, csrf = tenants.session(email)
        response = tenants.send(method, call, headers, csrf)
        assert response.status in (call.allowed_status, 303), response.text
        assert_private(response)
        assert_no_leak(response, call)


@for_caller_kinds(CallerKind.MEMBER)
def test_a_member_can_do_what_their_role_allows(method: str, path: str) -> None:
    for role, allowed in roles(method, path):
        tenants = TwoTenants()
        call = build(method, path, EntryContext(tenants.laurel))
        before = tenants.stored_state()
        headers, csrf = tenants.session(f"{role}@canary.example")
        response = tenants.send(method, call, headers, csrf)
        assert response.status == (call.allowed_status if allowed else 403), f"{role}: {response.text}"
        assert "/sign-in" not in response.headers.get("location", "")
        assert_private(response)
        if not allowed:
            assert tenants.stored_state() == before, role


@for_caller_kinds(CallerKind.MEMBER)
def test_a_non_member_gets_404(tenants: TwoTenants, method: str, path: str) -> None:
    call = build(method, path, EntryContext(tenants.laurel))
    before = tenants.stored_state()
    for email in (*(f"{role}@other.example" for role in Role), "op@laurel.example"):
        headers, csrf = tenants.session(email)
        response = tenants.send(method, call, headers, csrf)
        assert response.status == 404, f"{email}: {response.text}"
        assert_no_leak(response, call)
        assert tenants.stored_state() == before, email


@for_caller_kinds(CallerKind.MEMBER)
def test_another_tenants_ids_under_the_own_issuer_are_404(method: str, path: str) -> None:
    for role, allowed in roles(method, path):
        tenants = TwoTenants()
        call = build(method, path, EntryContext(tenants.laurel, console_issuer=OTHER))
        foreign_status = call.foreign_status or (404 if path.count("{") > 1 else call.allowed_status)
        before = tenants.stored_state()
        headers, csrf = tenants.session(f"{role}@other.example")
        response = tenants.send(method, call, headers, csrf)
        assert response.status == (foreign_status if allowed else 403), f"{role}: {response.text}"
        assert_no_leak(response, call)
        if response.status >= 400:
            assert tenants.stored_state() == before, role


@for_caller_kinds(CallerKind.MEMBER, CallerKind.TOKEN)
def test_the_role_is_checked_at_the_time_of_the_request(tenants: TwoTenants, method: str, path: str) -> None:
    """A session, a form and a key from before a demotion or removal do nothing that the person may no longer do."""
    call = build(method, path, EntryContext(tenants.laurel))
    email, context = "late@elsewhere.example", tenants.laurel.access_context
    members.add(context, OWNER, email, Role.OWNER)
    headers, csrf = tenants.session(email)
    if rule(method, path).caller_kind is CallerKind.TOKEN:
        _, text = tokens.make(context, OWNER, Role.OWNER, "own", email, member=email)
        headers = {"authorization": f"Bearer {text}"}
    members.change(context, OWNER, email, Role.VIEWER)
    before = tenants.stored_state()
    if Role.VIEWER not in ALLOWED[rule(method, path).permission or ""] or "cookie" not in headers:
        assert tenants.send(method, call, headers, csrf).status == 403
    members.remove(context, OWNER, email)
    removed = tenants.stored_state()
    response = tenants.send(method, call, headers, csrf)
    assert response.status == (404 if "cookie" in headers else 401)
    assert_no_leak(response, call)
    assert tenants.stored_state() == removed != before


@for_caller_kinds(*BROWSER)
def test_a_form_without_the_session_csrf_token_or_origin_is_refused(
    tenants: TwoTenants, method: str, path: str
) -> None:
    if method in ("GET", "HEAD"):
        return
    call = build(method, path, EntryContext(tenants.laurel))
    before = tenants.stored_state()
    headers, csrf = tenants.session("owner@canary.example")
    _, other_csrf = tenants.session("owner@other.example")
    _, older_csrf = tenants.session("owner@canary.example")
    for sent in (None, "", "a" * 32, other_csrf, older_csrf, csrf[:-1], csrf + "&csrf=" + csrf):
        assert tenants.send(method, call, headers, sent).status in (400, 403)
    for headers_sent in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:8000.evil.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ):
        assert tenants.send(method, call, {**headers, **headers_sent}, csrf).status == 403
    assert tenants.stored_state() == before


@for_caller_kinds(CallerKind.VERIFIER)
def test_a_route_for_verifiers_takes_only_a_key_of_a_verifier_with_its_scope(method: str, path: str) -> None:
    scope = rule(method, path).scope
    for granted in Scope:
        tenants = TwoTenants()
        call = build(method, path, EntryContext(tenants.laurel))
        response = tenants.send(method, call, as_verifier(tenants.laurel, granted))
        allowed = scope in (None, granted)
        assert response.status == (call.allowed_status if allowed else 403), f"{granted}: {response.text}"
        assert_private(response)
        assert_no_leak(response, call)
    tenants = TwoTenants()
    call = build(method, path, EntryContext(tenants.laurel))
    owner, _ = tenants.session("owner@canary.example")
    for headers in ({}, owner, tenants.token(OWNER, Role.OWNER), tenants.token(None)):
        response = tenants.send(method, call, {**headers, "accept": "application/json"})
        assert (response.status, response.headers["www-authenticate"]) == (401, "Bearer")
        assert_private(response)
        assert_no_leak(response, call)


@for_caller_kinds(*BEARER, *BROWSER)
def test_a_key_of_a_verifier_opens_nothing_else(tenants: TwoTenants, method: str, path: str) -> None:
    call = build(method, path, EntryContext(tenants.laurel))
    before = tenants.stored_state()
    response = tenants.send(method, call, {**as_verifier(tenants.laurel), "accept": "application/json"})
    assert response.status == 401
    assert_no_leak(response, call)
    assert tenants.stored_state() == before


@for_caller_kinds(CallerKind.BY_SECRET)
def test_a_wrong_secret_is_refused(tenants: TwoTenants, method: str, path: str) -> None:
    call = build(method, path, EntryContext(tenants.laurel))
    cookie, _ = tenants.session("owner@canary.example")
    for headers in ({}, cookie, tenants.token(OWNER, Role.OWNER)):
        response = tenants.send(method, call, headers)
        assert response.status == call.allowed_status, response.text
        assert_private(response)
        assert_no_leak(response, call)


ALLOWED = {
    "read": set(Role),
    "edit": {Role.OWNER, Role.EDITOR},
    "issue": {Role.OWNER, Role.EDITOR},
    "export": {Role.OWNER},
    "manage": {Role.OWNER},
}
"""The roles allowed each permission, repeated here on purpose."""
