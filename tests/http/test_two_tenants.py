"""Every route, by every caller: who may not come in stays out, and no tenant sees a thing of another's.

The routes are those of the created app, so a new one is asked the same the moment it is bound: it fails here until it
has a rule, and an entry in `tests/http/matrix`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import unquote_plus

import pytest

from chalicelib.access import members, sessions, tokens
from chalicelib.access.roles import Role
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.http.app import create_app
from chalicelib.http.core.access import CallerKind, Rule
from tests.http.gateway import HTML, Answer, Gateway
from tests.http.matrix import OTHER, OWNER, At, Call, entries
from tests.http.world import Laurel, seeded

CANARIES = (
    "Ada Nwosu", "ada@example.org", "Canary achievement", "Issued to the wrong person", "canary.example",
    "canary token", "Canary College", "did:example:ada",
)  # fmt: skip
"""What stands in the owner's things and in nobody else's."""
ORIGIN = "http://localhost:8000"
APP = create_app(seeded())
ROUTES = [(method, path) for path, methods in sorted(APP.routes.items()) for method in sorted(methods)]
MATRIX = entries()


def rule(method: str, path: str) -> Rule:
    found = getattr(APP.routes[path][method].view_function, "access", None)
    assert isinstance(found, Rule), f"{method} {path} does not say who may come in"
    return found


GUARDED = [
    (method, path)
    for method, path in ROUTES
    if method != "HEAD" and rule(method, path).caller_kind is not CallerKind.PUBLIC
]
"""What is asked. `HEAD` is the same view under the same rule (`test_head_is_guarded_as_get_is`)."""
PUBLIC = {
    "GET /", "POST /", "GET /c/{id}", "GET /v1/credentials/{id}", "GET /v1/credentials/{id}/report",
    "POST /v1/credentials/{id}/report", "POST /v1/verify", "GET /.well-known/did.json", "GET /issuers/{id}/did.json",
    "GET /status/{list}", "GET /images/{file}", "GET /sign-in", "POST /sign-in", "GET /console.js", "GET /{proxy+}",
}  # fmt: skip
"""Opening a route to everybody takes a line here, too."""


@dataclass
class Stage:
    """Two tenants, and everybody who asks."""

    laurel: Laurel = field(default_factory=seeded)

    def __post_init__(self) -> None:
        issuer_actions.create(
            self.laurel.issuer_context, NewIssuer(OTHER, "Other", "https://other.example/", "Teaches, too.")
        )
        for issuer_id in (OWNER, OTHER):
            domain = "canary.example" if issuer_id == OWNER else "other.example"
            for role in Role:
                members.add(self.laurel.access_context, issuer_id, f"{role}@{domain}", role)
        tokens.make(self.laurel.access_context, OWNER, Role.VIEWER, "canary token", "ada@example.org")
        # The names that the world comes with stand in hints of the console, too.
        issuer_actions.reword(self.laurel.issuer_context, OWNER, {"name": "Canary College"})
        named = self.laurel.issuer_store._achievements
        named.update({key: replace(one, name="Canary achievement") for key, one in named.items()})

    @cached_property
    def gateway(self) -> Gateway:
        return Gateway(create_app(self.laurel))

    def token(self, issuer_id: str | None, role: Role | None = None) -> dict[str, str]:
        _, text = tokens.make(self.laurel.access_context, issuer_id, role, f"{role}'s", "tests")
        return {"authorization": f"Bearer {text}"}

    def session(self, email: str) -> tuple[dict[str, str], str]:
        session, cookie = sessions.sign_in(self.laurel.access_context, email)
        return {"cookie": f"laurel_session={cookie}", "accept": HTML}, session.csrf

    def ask(self, method: str, call: Call, headers: dict[str, str], csrf: str | None = None) -> Answer:
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

    def things(self) -> str:
        """All that is stored of the owner's, but for when a token was used."""
        pathways, webhooks = self.laurel.pathways, self.laurel.webhooks
        held = [
            self.laurel.issuer_store.__dict__,
            self.laurel.member_store._members,
            pathways.__dict__,
            webhooks.__dict__,
        ]
        return repr(held)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def build(method: str, path: str, at: At) -> Call:
    entry = MATRIX.get((method, path))
    assert entry is not None, f"{method} {path} has no entry in tests/http/matrix"
    return entry(at)


def clean(answer: Answer, call: Call) -> None:
    """Nothing of the owner's stands in ``answer``, but what the caller said themselves (a form shown again, say)."""
    said = (answer.text + repr(dict(answer.headers))).lower()
    known = unquote_plus(f"{call.path} {call.query} {(call.sent or b'').decode('utf-8', 'replace')}").lower()
    leaked = [canary for canary in CANARIES if canary.lower() in said and canary.lower() not in known]
    assert leaked == [], said[-2000:]


def private(answer: Answer) -> None:
    assert answer.headers["cache-control"] == "private, no-store"
    assert "access-control-allow-origin" not in answer.headers


def of_doors(*doors: CallerKind) -> Callable[[Callable[..., None]], Callable[..., None]]:
    found = [(method, path) for method, path in GUARDED if rule(method, path).caller_kind in doors]
    return pytest.mark.parametrize(("method", "path"), found, ids=[f"{method} {path}" for method, path in found])


BEARER = (CallerKind.TOKEN, CallerKind.OPERATOR, CallerKind.EITHER)
BROWSER = (CallerKind.PERSON, CallerKind.MEMBER)


def test_every_route_says_who_may_come_in() -> None:
    assert all(rule(method, path) for method, path in ROUTES)


def test_only_these_are_open_to_everybody() -> None:
    open_ = {f"{method} {path}" for method, path in ROUTES if rule(method, path).caller_kind is CallerKind.PUBLIC}
    assert {each for each in open_ if not each.startswith(("HEAD", "OPTIONS"))} == PUBLIC


def test_head_is_guarded_as_get_is() -> None:
    for path, methods in APP.routes.items():
        if "HEAD" in methods:
            assert rule("HEAD", path) == rule("GET", path)
            assert methods["HEAD"].view_function.__name__ == methods["GET"].view_function.__name__


def test_every_entry_has_its_route() -> None:
    bound = {(method, path) for method, path in GUARDED}
    assert MATRIX.keys() <= bound


def test_every_route_of_an_issuers_pages_begins_with_the_issuer() -> None:
    for method, path in GUARDED:
        if rule(method, path).caller_kind is CallerKind.MEMBER:
            assert re.match(r"/console/\{issuer\}(/|$)", path), f"{method} {path}"


@of_doors(*BEARER)
def test_a_program_without_a_good_token_stays_out(stage: Stage, method: str, path: str) -> None:
    call = build(method, path, At(stage.laurel))
    made = stage.things()
    cookie, _ = stage.session("owner@canary.example")
    good = stage.token(OWNER, Role.OWNER)["authorization"]
    for headers in (
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer laurel_" + "a" * 16 + "_" + "a" * 52},
        {"authorization": good[:-1]},
        {"authorization": "Basic " + good.partition(" ")[2]},
        {"cookie": cookie["cookie"]},
        {"cookie": f"authorization={good}"},
    ):
        answer = stage.ask(method, call, headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        private(answer)
        clean(answer, call)
    assert stage.things() == made


@of_doors(CallerKind.TOKEN, CallerKind.EITHER)
@pytest.mark.parametrize("role", Role)
def test_a_token_may_what_its_role_may(stage: Stage, method: str, path: str, role: Role) -> None:
    may = role in ALLOWED[rule(method, path).act or ""]
    call = build(method, path, At(stage.laurel))
    made = stage.things()
    answer = stage.ask(method, call, stage.token(OWNER, role))
    assert answer.status == (call.good if may else 403), answer.text
    private(answer)
    if not may:
        clean(answer, call)
        assert stage.things() == made


@of_doors(CallerKind.TOKEN, CallerKind.EITHER)
@pytest.mark.parametrize("role", Role)
def test_a_token_of_another_tenant_finds_nothing(stage: Stage, method: str, path: str, role: Role) -> None:
    may = role in ALLOWED[rule(method, path).act or ""]
    call = build(method, path, At(stage.laurel))
    foreign = call.foreign or (404 if "{" in path else call.good)
    made = stage.things()
    answer = stage.ask(method, call, stage.token(OTHER, role))
    assert answer.status == (foreign if may else 403), answer.text
    clean(answer, call)
    if answer.status >= 400:
        assert stage.things() == made


@of_doors(*BEARER)
def test_an_operators_token_opens_only_what_is_for_operators(stage: Stage, method: str, path: str) -> None:
    call = build(method, path, At(stage.laurel))
    answer = stage.ask(method, call, stage.token(None))
    if rule(method, path).caller_kind is CallerKind.TOKEN:
        assert answer.status == 403
        clean(answer, call)
    else:
        assert answer.status == call.good, answer.text


@of_doors(CallerKind.OPERATOR)
@pytest.mark.parametrize("role", Role)
def test_no_issuers_token_opens_what_is_for_operators(stage: Stage, method: str, path: str, role: Role) -> None:
    call = build(method, path, At(stage.laurel))
    made = stage.things()
    answer = stage.ask(method, call, stage.token(OWNER, role))
    assert answer.status == 403
    assert stage.things() == made


@of_doors(*BROWSER)
def test_who_is_not_signed_in_is_sent_to_sign_in(stage: Stage, method: str, path: str) -> None:
    call = build(method, path, At(stage.laurel))
    made = stage.things()
    _, cookie = sessions.sign_in(stage.laurel.access_context, "owner@canary.example")
    for headers in (
        {},
        {"cookie": "laurel_session="},
        {"cookie": f"laurel_session={cookie[:-4]}AAAA"},
        {"cookie": f"laurel_session={cookie}; laurel_session={cookie}"},
        {"cookie": f"__Host-laurel_session={cookie}"},
        stage.token(OWNER, Role.OWNER),
        stage.token(None),
    ):
        answer = stage.ask(method, call, {"accept": HTML, **headers})
        assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, f"{ORIGIN}/sign-in")
        private(answer)
        clean(answer, call)
        assert stage.ask(method, call, {**headers, "accept": "application/json"}).status == 401
    assert stage.things() == made


@of_doors(CallerKind.PERSON)
def test_whoever_is_signed_in_sees_what_is_their_own(stage: Stage, method: str, path: str) -> None:
    for email in ("owner@other.example", "viewer@other.example", "stranger@elsewhere.example"):
        call = build(method, path, At(stage.laurel))
        headers, csrf = stage.session(email)
        answer = stage.ask(method, call, headers, csrf)
        assert answer.status in (call.good, 303), answer.text
        private(answer)
        clean(answer, call)


@of_doors(CallerKind.MEMBER)
@pytest.mark.parametrize("role", Role)
def test_a_member_may_what_their_role_may(stage: Stage, method: str, path: str, role: Role) -> None:
    may = role in ALLOWED[rule(method, path).act or ""]
    call = build(method, path, At(stage.laurel))
    made = stage.things()
    headers, csrf = stage.session(f"{role}@canary.example")
    answer = stage.ask(method, call, headers, csrf)
    assert answer.status == (call.good if may else 403), answer.text
    assert "/sign-in" not in answer.headers.get("location", "")
    private(answer)
    if not may:
        assert stage.things() == made


@of_doors(CallerKind.MEMBER)
@pytest.mark.parametrize("role", [*Role, None])
def test_to_who_is_no_member_the_issuer_is_not_there(stage: Stage, method: str, path: str, role: Role | None) -> None:
    email = f"{role}@other.example" if role else "op@laurel.example"
    call = build(method, path, At(stage.laurel))
    made = stage.things()
    headers, csrf = stage.session(email)
    answer = stage.ask(method, call, headers, csrf)
    assert answer.status == 404, answer.text
    clean(answer, call)
    assert stage.things() == made


@of_doors(CallerKind.MEMBER)
@pytest.mark.parametrize("role", Role)
def test_within_ones_own_issuer_nothing_of_another_is_found(stage: Stage, method: str, path: str, role: Role) -> None:
    may = role in ALLOWED[rule(method, path).act or ""]
    call = build(method, path, At(stage.laurel, inside=OTHER))
    foreign = call.foreign or (404 if path.count("{") > 1 else call.good)
    made = stage.things()
    headers, csrf = stage.session(f"{role}@other.example")
    answer = stage.ask(method, call, headers, csrf)
    assert answer.status == (foreign if may else 403), answer.text
    clean(answer, call)
    if answer.status >= 400:
        assert stage.things() == made


@of_doors(*BROWSER)
def test_a_form_comes_from_a_page_of_the_same_session(stage: Stage, method: str, path: str) -> None:
    if method in ("GET", "HEAD"):
        return
    call = build(method, path, At(stage.laurel))
    made = stage.things()
    headers, csrf = stage.session("owner@canary.example")
    _, others = stage.session("owner@other.example")
    _, older = stage.session("owner@canary.example")
    for sent in (None, "", "a" * 32, others, older, csrf[:-1], csrf + "&csrf=" + csrf):
        assert stage.ask(method, call, headers, sent).status in (400, 403)
    for told in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:8000.evil.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ):
        assert stage.ask(method, call, {**headers, **told}, csrf).status == 403
    assert stage.things() == made


@of_doors(CallerKind.BY_SECRET)
def test_a_wrong_secret_opens_nothing(stage: Stage, method: str, path: str) -> None:
    call = build(method, path, At(stage.laurel))
    cookie, _ = stage.session("owner@canary.example")
    for headers in ({}, cookie, stage.token(OWNER, Role.OWNER)):
        answer = stage.ask(method, call, headers)
        assert answer.status == call.good, answer.text
        private(answer)
        clean(answer, call)


ALLOWED = {
    "read": set(Role),
    "edit": {Role.OWNER, Role.EDITOR},
    "issue": {Role.OWNER, Role.EDITOR},
    "export": {Role.OWNER},
    "manage": {Role.OWNER},
}
"""Who may do what, written down a second time."""
