"""Signing in with somebody else's word (OpenID Connect Core 1.0): the authorization code flow, with PKCE.

What the answer has to fit (state, nonce, the verifier) travels in a signed cookie of ten minutes, so that it is bound
to the browser that asked and nothing has to be stored for those who never come back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt

from chalicelib.access import (
    email_address,
    return_paths,
    secrets,
    signing_keys,
)
from chalicelib.access.access_context import AccessContext
from chalicelib.access.providers import Endpoints, Provider, Providers
from chalicelib.errors import Refused

LIFE = timedelta(minutes=10)
"""To choose an account there, with a second factor."""
SKEW = timedelta(seconds=60)
MAX_TOKEN = 16 * 1024
"""Characters of an ID token; large ones list groups."""
MAX_COOKIE = 2048
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Never one with a shared key: its key would be the client's secret, which others know."""

_PURPOSE = "oidc"
_OURS: Any = {"require": ["exp", "aud", "prv", "st", "no", "ve"], "verify_exp": False}
# Dates are compared with the clock that all else goes by, not with the library's own.
_THEIRS: Any = {"require": ["iss", "aud", "exp", "iat", "sub", "nonce"], "verify_exp": False, "verify_iat": False}


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom a provider vouched for, and where they wanted to go."""

    email: str
    following: str


def begin(access_context: AccessContext, providers: Providers, provider: Provider, following: str) -> tuple[str, str]:
    """Where to send the browser, and the cookie that it has to bring back. Raises `Unavailable`."""
    endpoints = providers.endpoints(provider)
    kid, key = signing_keys.current(access_context)
    claims: dict[str, object] = {
        "aud": _PURPOSE,
        "exp": access_context.now() + LIFE,
        "prv": provider.id,
        "nx": return_paths.local(following),
        **{name: secrets.fresh(access_context.entropy) for name in ("st", "no", "ve")},
    }
    cookie = jwt.encode(claims, signing_keys.derived(key, _PURPOSE), algorithm="HS256", headers={"kid": kid})
    session = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _redirect(access_context, provider),
        "scope": "openid email",
        "state": claims["st"],
        "nonce": claims["no"],
        "code_challenge": _challenge(str(claims["ve"])),
        "code_challenge_method": "S256",
    }
    separator = "&" if "?" in endpoints.authorization else "?"
    return f"{endpoints.authorization}{separator}{urlencode(session)}", cookie


def finish(
    access_context: AccessContext,
    providers: Providers,
    provider: Provider,
    cookie: str | None,
    answer: Mapping[str, str],
) -> Proven:
    """Whom the provider vouches for in ``answer``, the query that the browser came back with.

    Raises `Refused` (`sign_in_failed`) for whatever does not fit, `Unavailable` when the provider cannot be asked.
    """
    session = _asked(access_context, provider, cookie)
    if not hmac.compare_digest(answer.get("state", "").encode(), session["st"].encode()):
        raise _failed("The response does not belong to this sign-in.")
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: whose answer it is
        raise _failed("The response came from another provider.")
    if "error" in answer or not answer.get("code"):
        raise _failed(f"{provider.name} did not sign you in.")
    endpoints = providers.endpoints(provider)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": _redirect(access_context, provider),
        "code_verifier": session["ve"],
        "client_id": provider.client_id,
    }
    token = providers.redeem(provider, endpoints, form).get("id_token")
    claims = _claims(access_context, providers, provider, endpoints, token)
    if not hmac.compare_digest(str(claims["nonce"]).encode(), session["no"].encode()):
        raise _failed("The response does not belong to this sign-in.")
    return Proven(_email(provider, claims), return_paths.local(session.get("nx", "")))


def _asked(access_context: AccessContext, provider: Provider, cookie: str | None) -> dict[str, str]:
    try:
        if cookie is None or len(cookie) > MAX_COOKIE:
            raise _failed("The sign-in expired, or was started in another browser.")
        key = signing_keys.named(access_context, jwt.get_unverified_header(cookie).get("kid"))
        if key is None:
            raise _failed("The sign-in expired.")
        signer = signing_keys.derived(key, _PURPOSE)
        claims = jwt.decode(cookie, signer, algorithms=["HS256"], audience=_PURPOSE, options=_OURS)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _failed("The sign-in was started in another browser.") from error
    if access_context.now().timestamp() >= claims["exp"] or claims["prv"] != provider.id:
        raise _failed("The sign-in expired.")
    return {name: str(value) for name, value in claims.items()}


def _claims(
    access_context: AccessContext, providers: Providers, provider: Provider, endpoints: Endpoints, token: object
) -> dict[str, Any]:
    """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
    if not isinstance(token, str) or len(token) > MAX_TOKEN:
        raise _failed(f"{provider.name} did not identify you.")
    try:
        header = jwt.get_unverified_header(token)
        key = _key(providers, endpoints, header)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            options=_THEIRS,
        )
        now, skew = access_context.now().timestamp(), SKEW.total_seconds()
        if not (now - skew < float(claims["exp"]) and float(claims["iat"]) <= now + skew):
            raise _failed(f"The token from {provider.name} is not valid at this time.")
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise _failed(f"The token from {provider.name} is not valid.") from error
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise _failed(f"The token from {provider.name} is for another application.")
    return claims


def _key(providers: Providers, endpoints: Endpoints, header: Mapping[str, Any]) -> jwt.PyJWK:
    """The provider's key that signed; keys that are new since they were last read are read again.

    Raises `jwt.InvalidKeyError` when there is none.
    """
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise jwt.InvalidKeyError("no such algorithm here")
    for fresh in (False, True):
        found = [key for key in providers.keys(endpoints, fresh=fresh) if _fits(key, header)]
        if len(found) == 1:
            return jwt.PyJWK(dict(found[0]), algorithm=header["alg"])
    raise jwt.InvalidKeyError("no such key")


_KINDS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "ES384": "EC", "EdDSA": "OKP"}


def _fits(key: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
    return (
        key.get("kty") == _KINDS[header["alg"]]
        and key.get("use", "sig") == "sig"
        and key.get("alg", header["alg"]) == header["alg"]
        and ("kid" not in header or key.get("kid") == header["kid"])
    )


def _email(provider: Provider, claims: Mapping[str, Any]) -> str:
    email, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str):
        raise _failed(f"{provider.name} did not provide an email address.")
    if verified is not True and verified != "true" and not (verified is None and provider.assume_verified):
        raise _failed(f"{provider.name} has not verified your email address.")
    found = email_address.normal(email)
    if provider.domains and found.rpartition("@")[2] not in provider.domains:
        raise _failed(f"{provider.name} signs in people of {', '.join(provider.domains)} here.")
    return found


def _redirect(access_context: AccessContext, provider: Provider) -> str:
    # One for each provider, so that no provider's answer can be passed off as another's.
    return f"{access_context.base_url}/oidc/{provider.id}/back"


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")  # RFC 7636, 4.2


def _failed(reason: str) -> Refused:
    return Refused(f"{reason} Try again, or sign in with an emailed link.", code="sign_in_failed")
