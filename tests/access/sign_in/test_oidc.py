"""OpenID Connect: sign-in through a provider, and every response that must be refused."""

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

from chalicelib.access import sessions
from chalicelib.access.access_context import AccessContext
from chalicelib.access.sign_in import oidc
from chalicelib.access.sign_in.oidc import LIFETIME, Proven
from chalicelib.access.sign_in.providers import Provider
from chalicelib.errors import Refused, Unauthenticated, Unavailable
from tests.access.fakes import CAMPUS, NOW, AccessFixture, Providers


@pytest.fixture
def access_context() -> AccessContext:
    return AccessFixture().access_context


@pytest.fixture
def providers() -> Providers:
    return Providers()


def sign_in(access_context: AccessContext, providers: Providers, provider: Provider = CAMPUS, **answer: str) -> Proven:
    url, cookie = oidc.begin(access_context, providers, provider, "/console/fernhill")
    return oidc.finish(access_context, providers, provider, cookie, {**providers.visit(url), **answer})


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code in ("sign_in_failed", "bad_email")
    return caught.value.detail


def test_user_whom_the_provider_authenticates_is_signed_in(access_context: AccessContext, providers: Providers) -> None:
    assert sign_in(access_context, providers) == Proven("ada@college.example", "/console/fernhill")


def test_iss_parameter_must_match_the_provider(access_context: AccessContext, providers: Providers) -> None:
    assert sign_in(access_context, providers, iss=CAMPUS.issuer).email == "ada@college.example"
    refused(lambda: sign_in(access_context, providers, iss="https://evil.example"))


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
def test_id_token_with_a_wrong_claim_is_refused(
    access_context: AccessContext, providers: Providers, claims: dict[str, Any]
) -> None:
    providers.claims = claims
    refused(lambda: sign_in(access_context, providers))


@pytest.mark.parametrize("name", ["exp", "iat"])
@pytest.mark.parametrize("seconds", [10**400, -(10**400), 1e308, float("nan")], ids=["huge", "tiny", "1e308", "nan"])
def test_id_token_with_a_time_beyond_the_calendar_is_refused_or_signs_in(
    access_context: AccessContext, providers: Providers, name: str, seconds: float
) -> None:
    providers.claims = {name: seconds}
    if (name, seconds) == ("exp", 1e308):
        assert sign_in(access_context, providers).email == "ada@college.example"
    else:
        refused(lambda: sign_in(access_context, providers))


def test_missing_email_verified_may_be_assumed_but_false_is_refused(
    access_context: AccessContext, providers: Providers
) -> None:
    own = replace(CAMPUS, assume_verified=True)
    providers.claims = {"email_verified": None}
    assert sign_in(access_context, providers, own).email == "ada@college.example"
    providers.claims = {"email_verified": False}
    refused(lambda: sign_in(access_context, providers, own))


def test_provider_is_limited_to_its_email_domains(access_context: AccessContext, providers: Providers) -> None:
    assert (
        sign_in(access_context, providers, replace(CAMPUS, domains=("college.example",))).email == "ada@college.example"
    )
    providers.claims = {"email": "op@laurel.example"}
    refused(lambda: sign_in(access_context, providers, replace(CAMPUS, domains=("college.example", "campus.example"))))
    refused(lambda: sign_in(access_context, providers, replace(CAMPUS, domains=("example",))))


def forged(claims: dict[str, Any], providers: Providers, kind: str) -> str:
    own, other, headers = providers.key, ec.generate_private_key(ec.SECP256R1()), {"kid": providers.kid}
    public = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    embedded_jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(other.public_key()))
    token: Callable[[], str] = {
        "none": lambda: jwt.encode(claims, None, algorithm="none", headers=headers),
        "another key": lambda: jwt.encode(claims, other, algorithm="ES256", headers=headers),
        "its own key": lambda: jwt.encode(claims, other, algorithm="ES256", headers={"jwk": embedded_jwk, **headers}),
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
def test_id_token_not_signed_by_the_provider_is_refused(
    access_context: AccessContext, providers: Providers, kind: str
) -> None:
    providers.sign = lambda claims: forged(claims, providers, kind)
    refused(lambda: sign_in(access_context, providers))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "EdDSA", "ES384"])
def test_other_algorithms_are_supported(access_context: AccessContext, providers: Providers, algorithm: str) -> None:
    key, to_jwk = {
        "R": lambda: (rsa.generate_private_key(65537, 2048), jwt.algorithms.RSAAlgorithm.to_jwk),
        "P": lambda: (rsa.generate_private_key(65537, 2048), jwt.algorithms.RSAAlgorithm.to_jwk),
        "E": lambda: (ec.generate_private_key(ec.SECP384R1()), jwt.algorithms.ECAlgorithm.to_jwk),
        "Ed": lambda: (ed25519.Ed25519PrivateKey.generate(), jwt.algorithms.OKPAlgorithm.to_jwk),
    }["Ed" if algorithm == "EdDSA" else algorithm[0]]()
    providers.cached_keys = [{**json.loads(to_jwk(key.public_key())), "kid": "k"}]
    providers.sign = lambda claims: jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "k"})
    assert sign_in(access_context, providers).email == "ada@college.example"
    assert providers.uncached_reads == 0


def test_encryption_key_does_not_verify_an_id_token(access_context: AccessContext, providers: Providers) -> None:
    providers.cached_keys[0]["use"] = "enc"
    providers.jwk = lambda: providers.cached_keys[0]  # type: ignore[method-assign]
    refused(lambda: sign_in(access_context, providers))


def test_unknown_key_is_fetched_once(access_context: AccessContext, providers: Providers) -> None:
    providers.rotate()
    assert sign_in(access_context, providers).email == "ada@college.example"
    assert sign_in(access_context, providers).email == "ada@college.example"
    assert providers.uncached_reads == 1


def test_response_is_valid_once_in_its_browser_for_ten_minutes(
    access_context: AccessContext, providers: Providers
) -> None:
    url, cookie = oidc.begin(access_context, providers, CAMPUS, "/")
    _, another = oidc.begin(access_context, providers, CAMPUS, "/")
    answer = providers.visit(url)
    session = sessions.sign_in(access_context, "eve@evil.example")[1]
    for wrong_cookie in (None, "", "x.y.z", another, cookie[:-4] + "AAAA", cookie + "a" * 3000, session):
        refused(lambda wrong_cookie=wrong_cookie: oidc.finish(access_context, providers, CAMPUS, wrong_cookie, answer))  # type: ignore[misc]
    refused(lambda: oidc.finish(access_context, providers, replace(CAMPUS, id="other"), cookie, answer))
    refused(lambda: oidc.finish(access_context, providers, CAMPUS, cookie, {**answer, "state": "x"}))
    refused(lambda: oidc.finish(access_context, providers, CAMPUS, cookie, {"code": answer["code"]}))
    late = replace(access_context, clock=lambda: NOW + LIFETIME)
    refused(lambda: oidc.finish(late, providers, CAMPUS, cookie, answer))
    assert oidc.finish(access_context, providers, CAMPUS, cookie, answer).email == "ada@college.example"
    with pytest.raises(Unavailable):
        oidc.finish(access_context, providers, CAMPUS, cookie, answer)


def test_oidc_cookie_is_not_a_session(access_context: AccessContext, providers: Providers) -> None:
    _, cookie = oidc.begin(access_context, providers, CAMPUS, "/")
    with pytest.raises(Unauthenticated):
        sessions.person(access_context, cookie)


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {"code": ""}])
def test_user_whom_the_provider_refuses_is_not_signed_in(
    access_context: AccessContext, providers: Providers, answer: dict[str, str]
) -> None:
    assert "Campus login did not sign you in" in refused(lambda: sign_in(access_context, providers, **answer))


def test_authorization_code_of_another_browser_is_refused(access_context: AccessContext, providers: Providers) -> None:
    own_url, cookie = oidc.begin(access_context, providers, CAMPUS, "/")
    other_url, _ = oidc.begin(access_context, providers, CAMPUS, "/")
    stolen = providers.visit(other_url)["code"]
    with pytest.raises(Unavailable):
        oidc.finish(access_context, providers, CAMPUS, cookie, {**providers.visit(own_url), "code": stolen})


def test_return_path_is_a_local_page(access_context: AccessContext, providers: Providers) -> None:
    url, cookie = oidc.begin(access_context, providers, CAMPUS, "//evil.example")
    assert oidc.finish(access_context, providers, CAMPUS, cookie, providers.visit(url)).return_path == "/console"


def test_clock_skew_of_up_to_a_minute_is_accepted(access_context: AccessContext, providers: Providers) -> None:
    providers.claims = {"iat": int((NOW + timedelta(seconds=59)).timestamp()), "exp": int(NOW.timestamp()) - 59}
    assert sign_in(access_context, providers).email == "ada@college.example"
