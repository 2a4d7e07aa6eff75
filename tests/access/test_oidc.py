"""OpenID Connect: whom a provider vouches for, and everything that must not pass for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.access import oidc, sessions
from chalicelib.access.access_context import AccessContext
from chalicelib.access.oidc import LIFE, Proven
from chalicelib.access.providers import Provider
from chalicelib.errors import Refused, Unauthenticated, Unavailable
from tests.access.fakes import CAMPUS, NOW, AccessFixture, Providers


@pytest.fixture
def access_context() -> AccessContext:
    return AccessFixture().access_context


@pytest.fixture
def providers() -> Providers:
    return Providers()


def signed_in(
    access_context: AccessContext, providers: Providers, provider: Provider = CAMPUS, **answer: str
) -> Proven:
    url, cookie = oidc.begin(access_context, providers, provider, "/console/fernhill")
    return oidc.finish(access_context, providers, provider, cookie, {**providers.visit(url), **answer})


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code in ("sign_in_failed", "bad_email")
    return caught.value.detail


def test_whoever_the_provider_vouches_for_is_proven(access_context: AccessContext, providers: Providers) -> None:
    assert signed_in(access_context, providers) == Proven("ada@college.example", "/console/fernhill")


def test_it_answers_for_its_own_issuer_if_it_says_so(access_context: AccessContext, providers: Providers) -> None:
    assert signed_in(access_context, providers, iss=CAMPUS.issuer).email == "ada@college.example"
    refused(lambda: signed_in(access_context, providers, iss="https://evil.example"))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "another-client"}, {"aud": None}, {"exp": None},
        {"exp": int(NOW.timestamp()) - 61}, {"iat": int(NOW.timestamp()) + 61}, {"iat": None}, {"exp": "soon"},
        {"nonce": "another"}, {"nonce": None}, {"sub": None}, {"azp": "another-client"},
        {"aud": ["laurel-client", "another-client"], "azp": "another-client"},
        {"email": None}, {"email": 5}, {"email": "nobody"}, {"email_verified": False}, {"email_verified": None},
        {"email_verified": "false"}, {"email_verified": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_something_else_proves_nobody(
    access_context: AccessContext, providers: Providers, claims: dict[str, Any]
) -> None:
    providers.claims = claims
    refused(lambda: signed_in(access_context, providers))


def test_a_directory_may_be_believed_that_does_not_say_verified_but_not_one_that_says_no(
    access_context: AccessContext, providers: Providers
) -> None:
    own = replace(CAMPUS, assume_verified=True)
    providers.claims = {"email_verified": None}
    assert signed_in(access_context, providers, own).email == "ada@college.example"
    providers.claims = {"email_verified": False}
    refused(lambda: signed_in(access_context, providers, own))


def test_a_directory_vouches_for_its_own_people_only(access_context: AccessContext, providers: Providers) -> None:
    assert (
        signed_in(access_context, providers, replace(CAMPUS, domains=("college.example",))).email
        == "ada@college.example"
    )
    providers.claims = {"email": "op@laurel.example"}
    refused(
        lambda: signed_in(access_context, providers, replace(CAMPUS, domains=("college.example", "campus.example")))
    )
    refused(lambda: signed_in(access_context, providers, replace(CAMPUS, domains=("example",))))


def forged(claims: dict[str, Any], providers: Providers, kind: str) -> str:
    own, other, headers = providers.key, ec.generate_private_key(ec.SECP256R1()), {"kid": providers.kid}
    public = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    inside = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(other.public_key()))
    token: Callable[[], str] = {
        "none": lambda: jwt.encode(claims, None, algorithm="none", headers=headers),
        "another key": lambda: jwt.encode(claims, other, algorithm="ES256", headers=headers),
        "its own key": lambda: jwt.encode(claims, other, algorithm="ES256", headers={"jwk": inside, **headers}),
        "public key as a secret": lambda: jwt.encode(claims, public, algorithm="HS256", headers=headers),
        "client secret": lambda: jwt.encode(claims, "hush" * 8, algorithm="HS256", headers=headers),
        "crit": lambda: jwt.encode(claims, own, algorithm="ES256", headers={"crit": ["x"], "x": 1, **headers}),
        "cut": lambda: jwt.encode(claims, own, algorithm="ES256", headers=headers)[:-4],
        "huge": lambda: jwt.encode({**claims, "x": "x" * 20_000}, own, algorithm="ES256", headers=headers),
    }.get(kind, lambda: kind)
    return token()


@pytest.mark.parametrize(
    "kind",
    ["none", "another key", "its own key", "public key as a secret", "client secret", "crit", "cut", "huge", "", "a.b"],
)
def test_a_token_that_the_provider_did_not_sign_proves_nobody(
    access_context: AccessContext, providers: Providers, kind: str
) -> None:
    providers.sign = lambda claims: forged(claims, providers, kind)
    refused(lambda: signed_in(access_context, providers))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "EdDSA", "ES384"])
def test_other_algorithms_are_understood(access_context: AccessContext, providers: Providers, algorithm: str) -> None:
    key, to_jwk = {
        "R": lambda: (rsa.generate_private_key(65537, 2048), jwt.algorithms.RSAAlgorithm.to_jwk),
        "P": lambda: (rsa.generate_private_key(65537, 2048), jwt.algorithms.RSAAlgorithm.to_jwk),
        "E": lambda: (ec.generate_private_key(ec.SECP384R1()), jwt.algorithms.ECAlgorithm.to_jwk),
        "Ed": lambda: (ed25519.Ed25519PrivateKey.generate(), jwt.algorithms.OKPAlgorithm.to_jwk),
    }["Ed" if algorithm == "EdDSA" else algorithm[0]]()
    providers.known = [{**json.loads(to_jwk(key.public_key())), "kid": "k"}]
    providers.sign = lambda claims: jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "k"})
    assert signed_in(access_context, providers).email == "ada@college.example"
    assert providers.freshly_read == 0


def test_a_key_that_is_not_for_signatures_signs_nothing(access_context: AccessContext, providers: Providers) -> None:
    providers.known[0]["use"] = "enc"
    providers.jwk = lambda: providers.known[0]  # type: ignore[method-assign]
    refused(lambda: signed_in(access_context, providers))


def test_a_key_that_is_new_is_read_once_more(access_context: AccessContext, providers: Providers) -> None:
    providers.rotate()
    assert signed_in(access_context, providers).email == "ada@college.example"
    assert signed_in(access_context, providers).email == "ada@college.example"
    assert providers.freshly_read == 1


def test_an_answer_counts_once_in_its_browser_within_ten_minutes(
    access_context: AccessContext, providers: Providers
) -> None:
    url, cookie = oidc.begin(access_context, providers, CAMPUS, "/")
    _, another = oidc.begin(access_context, providers, CAMPUS, "/")
    answer = providers.visit(url)
    session = sessions.sign_in(access_context, "eve@evil.example")[1]
    for held in (None, "", "x.y.z", another, cookie[:-4] + "AAAA", cookie + "a" * 3000, session):
        refused(lambda held=held: oidc.finish(access_context, providers, CAMPUS, held, answer))  # type: ignore[misc]
    refused(lambda: oidc.finish(access_context, providers, replace(CAMPUS, id="other"), cookie, answer))
    refused(lambda: oidc.finish(access_context, providers, CAMPUS, cookie, {**answer, "state": "x"}))
    refused(lambda: oidc.finish(access_context, providers, CAMPUS, cookie, {"code": answer["code"]}))
    late = replace(access_context, clock=lambda: NOW + LIFE)
    refused(lambda: oidc.finish(late, providers, CAMPUS, cookie, answer))
    assert oidc.finish(access_context, providers, CAMPUS, cookie, answer).email == "ada@college.example"
    with pytest.raises(Unavailable):
        oidc.finish(access_context, providers, CAMPUS, cookie, answer)


def test_a_cookie_of_a_question_is_no_session(access_context: AccessContext, providers: Providers) -> None:
    _, cookie = oidc.begin(access_context, providers, CAMPUS, "/")
    with pytest.raises(Unauthenticated):
        sessions.person(access_context, cookie)


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {"code": ""}])
def test_whoever_was_turned_away_there_is_not_signed_in_here(
    access_context: AccessContext, providers: Providers, answer: dict[str, str]
) -> None:
    assert "Campus login did not sign you in" in refused(lambda: signed_in(access_context, providers, **answer))


def test_a_code_of_another_browsers_question_is_worth_nothing(
    access_context: AccessContext, providers: Providers
) -> None:
    mine, cookie = oidc.begin(access_context, providers, CAMPUS, "/")
    theirs, _ = oidc.begin(access_context, providers, CAMPUS, "/")
    stolen = providers.visit(theirs)["code"]
    with pytest.raises(Unavailable):
        oidc.finish(access_context, providers, CAMPUS, cookie, {**providers.visit(mine), "code": stolen})


def test_where_to_go_next_is_a_page_of_ours(access_context: AccessContext, providers: Providers) -> None:
    url, cookie = oidc.begin(access_context, providers, CAMPUS, "//evil.example")
    assert oidc.finish(access_context, providers, CAMPUS, cookie, providers.visit(url)).following == "/console"


def test_skew_is_forgiven_within_a_minute(access_context: AccessContext, providers: Providers) -> None:
    providers.claims = {"iat": int((NOW + timedelta(seconds=59)).timestamp()), "exp": int(NOW.timestamp()) - 59}
    assert signed_in(access_context, providers).email == "ada@college.example"
