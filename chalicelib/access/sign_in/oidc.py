"""Sign-in with an external provider (OpenID Connect Core 1.0): the authorization code flow with PKCE.

The values that the response must match (state, nonce, code verifier) are in a signed cookie that lasts ten minutes. The
cookie binds the sign-in to the browser that started it, and abandoned sign-ins leave nothing in storage.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.access import email_address, rate_limits, secrets, signing_keys
from chalicelib.access.access_context import AccessContext
from chalicelib.access.rate_limits import Limit
from chalicelib.access.sign_in import return_paths
from chalicelib.access.sign_in.providers import Endpoints, Provider, Providers
from chalicelib.errors import Refused

if TYPE_CHECKING:
    import jwt

LIFETIME = timedelta(minutes=10)
"""Time to choose an account at the provider, with a second factor."""
ANSWERS = Limit("oidc-answer", 3, LIFETIME)
"""Maximum codes sent to the provider for one sign-in: one, and two more when it does not respond. The cookie of one
sign-in could otherwise be used to send any number of made-up codes, until the provider blocks Laurel for everyone."""
SKEW = timedelta(seconds=60)
MAX_TOKEN = 16 * 1024
"""Maximum characters of an ID token; large ones list groups."""
MAX_COOKIE = 2048
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Only algorithms with a key pair. The shared key of an HMAC algorithm would be the client secret, which others
know."""

_PURPOSE = "oidc"
_OURS: Any = {"require": ["exp", "aud", "prv", "st", "no", "ve"], "verify_exp": False}
# The library's checks of dates use its own clock, so dates are compared here with the context's.
_THEIRS: Any = {"require": ["iss", "aud", "exp", "iat", "sub", "nonce"], "verify_exp": False, "verify_iat": False}


@dataclass(frozen=True, slots=True)
class Proven:
    """The email address that a provider verified, and the path to open after signing in."""

    email: str
    return_path: str


def begin(access_context: AccessContext, providers: Providers, provider: Provider, return_path: str) -> tuple[str, str]:
    """The URL to redirect the browser to, and the cookie that it must send back. Raises `Unavailable`."""
    import jwt  # imported late, as in `sessions`

    endpoints = providers.endpoints(provider)
    kid, key = signing_keys.current(access_context)
    claims: dict[str, object] = {
        "aud": _PURPOSE,
        "exp": access_context.now() + LIFETIME,
        "prv": provider.id,
        "nx": return_paths.local_path_or_default(return_path),
        **{name: secrets.new_secret(access_context.entropy) for name in ("st", "no", "ve")},
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
    """Verify ``answer``, the query of the browser's return from the provider, and return the person it identifies.

    Raises `Refused` (`sign_in_failed`) when anything does not match, `Unavailable` when the provider does not respond.
    """
    session = _session_claims(access_context, provider, cookie)
    if not hmac.compare_digest(answer.get("state", "").encode(), session["st"].encode()):
        raise _failed("The response does not belong to this sign-in.")
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: the provider that sent the response
        raise _failed("The response came from another provider.")
    if "error" in answer or not answer.get("code"):
        raise _failed(f"{provider.name} did not sign you in.")
    if not rate_limits.within(access_context, ANSWERS, session["st"]):
        raise _failed("Too many attempts were made with this sign-in.")
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
    return Proven(_email(provider, claims), return_paths.local_path_or_default(session.get("nx", "")))


def _session_claims(access_context: AccessContext, provider: Provider, cookie: str | None) -> dict[str, str]:
    import jwt  # imported late, as in `sessions`

    try:
        if cookie is None or len(cookie) > MAX_COOKIE:
            raise _failed("The sign-in expired, or was started in another browser.")
        key = signing_keys.key_by_id(access_context, jwt.get_unverified_header(cookie).get("kid"))
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
    """The verified claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
    import jwt  # imported late, as in `sessions`

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
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise _failed(f"The token from {provider.name} is not valid.") from error
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise _failed(f"The token from {provider.name} is for another application.")
    return claims


def _key(providers: Providers, endpoints: Endpoints, header: Mapping[str, Any]) -> jwt.PyJWK:
    """The provider's key that signed the token. When it is not in the cached keys, the keys are fetched again.

    Raises `jwt.InvalidKeyError` when there is no such key.
    """
    import jwt  # imported late, as in `sessions`

    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise jwt.InvalidKeyError("unsupported algorithm")
    for fresh in (False, True):
        found = [key for key in providers.keys(endpoints, fresh=fresh) if _matches(key, header)]
        if len(found) == 1:
            return jwt.PyJWK(dict(found[0]), algorithm=header["alg"])
    raise jwt.InvalidKeyError("no such key")


_KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "ES384": "EC", "EdDSA": "OKP"}


def _matches(key: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
    return (
        key.get("kty") == _KEY_TYPES[header["alg"]]
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
    found = email_address.normalize(email)
    if provider.domains and found.rpartition("@")[2] not in provider.domains:
        raise _failed(f"{provider.name} only signs in people with an address at {', '.join(provider.domains)}.")
    return found


def _redirect(access_context: AccessContext, provider: Provider) -> str:
    # A URL per provider, so that one provider's response cannot be passed off as another's.
    return f"{access_context.base_url}/oidc/{provider.id}/back"


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")  # RFC 7636, 4.2


def _failed(reason: str) -> Refused:
    return Refused(f"{reason} Try again, or sign in with an email link.", code="sign_in_failed")
