"""In-memory ports of `access`, and an access context over them."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from threading import Barrier, Lock
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.access.access_context import AccessContext
from chalicelib.access.models import (
    Link,
    Member,
    Membership,
    Session,
    Token,
)
from chalicelib.access.sign_in.providers import Endpoints, Provider
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.language.languages import DEFAULT

T = TypeVar("T")

BASE_URL = "http://localhost:8000"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class MemberStore:
    """`access.ports.MemberStore`."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._members: dict[tuple[str, str], Member] = {}
        self._rosters: dict[str, Membership] = {}
        self._tokens: dict[str, Token] = {}
        self.meanwhile: list[Callable[[], object]] = []
        """What someone else does right after the next read of a membership, each once."""
        self.meanwhile_tokens: list[Callable[[], object]] = []
        """The same before a token is stored."""

    def copy(self) -> MemberStore:
        """Return a store with the same items, that changes independently."""
        copied = MemberStore()
        vars(copied).update({name: dict(value) for name, value in vars(self).items() if isinstance(value, dict)})
        return copied

    def member(self, issuer_id: str, email: str) -> Member:
        return _require(self._members.get((issuer_id, email)))

    def members(self, issuer_id: str) -> Iterator[Member]:
        return iter([self._members[key] for key in sorted(self._members) if key[0] == issuer_id])

    def issuers_of(self, email: str, limit: int | None = None) -> Iterator[str]:
        found = (member for member in self._members.values() if member.email == email)
        ordered = sorted(found, key=lambda member: (member.since, member.issuer_id))
        return islice((member.issuer_id for member in ordered), limit)

    def membership(self, issuer_id: str) -> Membership:
        found = self._rosters.get(issuer_id) or Membership(issuer_id)
        if self.meanwhile:
            self.meanwhile.pop()()
        return found

    def replace_member(
        self, before: Member | None, after: Member | None, membership: Membership, ended: Sequence[Token] = ()
    ) -> None:
        with self.lock:
            self._replace(before, after, membership)
            for token in ended:
                self._tokens.pop(token.id, None)

    def _replace(self, before: Member | None, after: Member | None, membership: Membership) -> None:
        current = self._rosters.get(membership.issuer_id)
        if current == membership:
            return
        if (current.version if current else 0) != membership.version - 1:
            raise Conflict("changed in the meantime")
        keys = {(one.issuer_id, one.email) for one in (before, after) if one}
        if any((key in self._members) is not (before is not None) for key in keys):
            raise Conflict("changed in the meantime")
        self._rosters[membership.issuer_id] = membership
        for key in keys:
            self._members.pop(key, None)
        if after is not None:
            self._members[after.issuer_id, after.email] = after

    def token(self, token_id: str) -> Token:
        return _require(self._tokens.get(token_id))

    def tokens(self, issuer_id: str | None) -> Iterator[Token]:
        own = [token for token in self._tokens.values() if token.issuer_id == issuer_id]
        return iter(sorted(own, key=lambda token: (token.created, token.id)))

    def add_token(self, token: Token) -> None:
        if self.meanwhile_tokens:
            self.meanwhile_tokens.pop()()
        if self._tokens.setdefault(token.id, token) != token:
            raise Conflict("taken")

    def remove_token(self, token: Token) -> None:
        _require(self._tokens.pop(token.id, None))

    def used(self, token: Token, at: datetime) -> None:
        if token.id in self._tokens:
            self._tokens[token.id] = replace(token, used=at)


class SessionStore:
    """`access.ports.SessionStore`. Each operation is atomic, as in the real store."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.keys: dict[str, bytes] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.links: dict[str, Link] = {}
        self.counts: dict[str, int] = {}
        self.known_people: dict[str, datetime] = {}

    def key(self, kid: str) -> bytes | None:
        return self.keys.get(kid)

    def make_key(self, kid: str, fresh: bytes, expires: datetime) -> bytes:
        return self.keys.setdefault(kid, fresh)

    def destroy_keys_before(self, kid: str) -> int:
        removed = [other for other in self.keys if other < kid]
        for other in removed:
            del self.keys[other]
        return len(removed)

    def session(self, email: str, session_id: str) -> Session | None:
        return self.sessions.get((email, session_id))

    def sessions_of(self, email: str) -> Iterator[Session]:
        return iter([session for (of, _), session in self.sessions.items() if of == email])

    def add_session(self, session: Session) -> None:
        self.sessions[session.email, session.id] = session

    def mark_used(self, session: Session, at: datetime) -> None:
        if (session.email, session.id) in self.sessions:
            self.sessions[session.email, session.id] = replace(session, seen=at)

    def end_session(self, email: str, session_id: str) -> None:
        self.sessions.pop((email, session_id), None)

    def end_sessions(self, email: str) -> int:
        removed = [key for key in self.sessions if key[0] == email]
        for key in removed:
            del self.sessions[key]
        return len(removed)

    def add_link(self, link: Link) -> None:
        self.links[link.digest] = link

    def link(self, digest: str) -> Link | None:
        return self.links.get(digest)

    def take_link(self, link: Link) -> bool:
        return self.links.pop(link.digest, None) is not None

    def add_known_person(self, hashed: str, expires: datetime) -> None:
        self.known_people[hashed] = expires

    def is_known_person(self, hashed: str, now: datetime) -> bool:
        return hashed in self.known_people and now < self.known_people[hashed]

    def count(self, name: str, max_count: int, expires: datetime) -> bool:
        with self.lock:
            if self.counts.get(name, 0) >= max_count:
                return False
            self.counts[name] = self.counts.get(name, 0) + 1
        return True

    def decrement(self, name: str) -> None:
        with self.lock:
            if self.counts.get(name, 0):
                self.counts[name] -= 1


class LookedAtTogether(SessionStore):
    """A session store in which all ``callers`` read a link before any of them takes it."""

    def __init__(self, callers: int) -> None:
        super().__init__()
        self.barrier = Barrier(callers, timeout=30)

    def link(self, digest: str) -> Link | None:
        found = super().link(digest)
        self.barrier.wait()
        return found


@dataclass
class Mailer:
    """`access.ports.Mailer`. Records sent emails as (address, link)."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    out_of_order: bool = False
    bounces: bool = False
    """Whether too many sign-in emails bounce."""

    def too_many_bounce(self) -> bool:
        return self.bounces

    def send_sign_in(self, email: str, link: str, minutes: int, language: str = DEFAULT) -> None:
        if self.out_of_order:
            raise Unavailable("The email service is unavailable.")
        assert minutes == 15
        self.sent.append((email, link))
        self.languages.append(language)


@dataclass
class AccessFixture:
    """An access context whose stores a test can inspect and whose clock it can set."""

    member_store: MemberStore = field(default_factory=MemberStore)
    session_store: SessionStore = field(default_factory=SessionStore)
    mailer: Mailer = field(default_factory=Mailer)
    now: datetime = NOW
    operators: frozenset[str] = frozenset({"op@laurel.example"})
    base_url: str = BASE_URL

    def __post_init__(self) -> None:
        self.entropy = random.Random(4).randbytes

    @property
    def access_context(self) -> AccessContext:
        return AccessContext(
            member_store=self.member_store,
            session_store=self.session_store,
            mailer=lambda: self.mailer,
            base_url=self.base_url,
            operators=self.operators,
            clock=lambda: self.now,
            entropy=self.entropy,
        )


def _require(value: T | None) -> T:
    if value is None:
        raise NotFound("not here")
    return value


CAMPUS = Provider("campus", "Campus login", "https://login.campus.example", "laurel-client", "hush")


class Providers:
    """`access.providers.Providers`: one OpenID provider that signs in every user and validates every parameter."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.kid = "2026"
        self.cached_keys: list[dict[str, Any]] = [self.jwk()]
        """The keys that the cache holds."""
        self.uncached_reads = 0
        self.out_of_order = False
        self.claims: dict[str, Any] = {}
        """Claims that replace the defaults in the ID token; None omits a claim."""
        self.sign: Callable[[dict[str, Any]], str] = self._sign
        self._codes: dict[str, dict[str, str]] = {}

    def jwk(self) -> dict[str, Any]:
        found = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {**found, "kid": self.kid, "use": "sig", "alg": "ES256"}

    def rotate(self) -> None:
        """Start signing with a new key that is not cached yet."""
        self.key, self.kid = ec.generate_private_key(ec.SECP256R1()), "2027"

    def visit(self, url: str) -> dict[str, str]:
        """Sign in at ``url`` as a browser would; returns the parameters of the redirect back."""
        parameters = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
        assert url.startswith("https://login.campus.example/authorize?")
        assert (parameters["response_type"], parameters["code_challenge_method"]) == ("code", "S256")
        assert "openid" in parameters["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = parameters
        return {"code": code, "state": parameters["state"]}

    def endpoints(self, provider: Provider) -> Endpoints:
        if self.out_of_order:
            raise Unavailable("login.campus.example cannot be reached.", code="connect_failed")
        issuer = provider.issuer
        return Endpoints(f"{issuer}/authorize", f"{issuer}/token", f"{issuer}/keys", basic=True)

    def keys(self, endpoints: Endpoints, *, fresh: bool) -> list[dict[str, Any]]:
        if fresh:
            self.uncached_reads += 1
            self.cached_keys = [self.jwk()]
        return self.cached_keys

    def redeem(self, provider: Provider, endpoints: Endpoints, form: Mapping[str, str]) -> dict[str, object]:
        parameters = self._codes.pop(form["code"], None)
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            parameters is None
            or challenge != parameters["code_challenge"]
            or form["redirect_uri"] != parameters["redirect_uri"]
        ):
            raise Unavailable("login.campus.example answers with an error (400).", code="http_status")
        now = int(NOW.timestamp())
        claims = {
            "iss": provider.issuer, "aud": provider.client_id, "sub": "248289", "iat": now, "exp": now + 300,
            "nonce": parameters["nonce"], "email": "Ada@College.example", "email_verified": True, **self.claims,
        }  # fmt: skip
        return {"id_token": self.sign({name: value for name, value in claims.items() if value is not None})}

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": self.kid})
