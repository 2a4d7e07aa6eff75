"""OpenID Connect providers over the network: cached documents, and direct calls to the token endpoint."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus, urlencode

from chalicelib.access.sign_in.providers import Endpoints, Provider
from chalicelib.credential import strict_json
from chalicelib.errors import Malformed, Unavailable
from chalicelib.net.fetching.deadline import Deadline, Monotonic
from chalicelib.net.fetching.fetch import Fetcher
from chalicelib.net.fetching.https_exchange import PostBody
from chalicelib.net.web import WebFetcher, read
from chalicelib.verify.ports import Fetched

SECONDS = 10.0
"""Limit of one call to a provider."""
FRESH_EVERY = 60.0
"""Minimum seconds between two fetches of keys that bypass the cache, so that forged key ids cannot cause a fetch
each."""
_JSON = "application/json"


class NetworkProviders:
    """Implements `chalicelib.access.sign_in.providers.Providers`."""

    def __init__(self, web: WebFetcher, fetcher: Fetcher, clock: Monotonic) -> None:
        self._web = web
        self._fetcher = fetcher
        self._clock = clock
        self._lock = threading.Lock()
        self._last_fetch: dict[str, float] = {}

    def endpoints(self, provider: Provider) -> Endpoints:
        """See the port. The document must name the issuer that was requested (Discovery 1.0, 4.3)."""
        url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        fetched = self._web.get(url, accept=_JSON, deadline=self._deadline(), same_origin=True)
        return read(fetched, lambda found: _endpoints(provider, found))

    def keys(self, endpoints: Endpoints, *, fresh: bool) -> Sequence[Mapping[str, Any]]:
        """See the port."""
        if fresh and self._may_fetch(endpoints.keys):
            found = self._fetcher.get(endpoints.keys, accept=_JSON, deadline=self._deadline(), same_origin=True).fetched
        else:
            found = self._web.get(endpoints.keys, accept=_JSON, deadline=self._deadline(), same_origin=True)
        return read(found, _keys)

    def redeem(self, provider: Provider, endpoints: Endpoints, form: Mapping[str, str]) -> Mapping[str, object]:
        """See the port."""
        fields, authorization = dict(form), ""
        if provider.client_secret and endpoints.basic:
            # RFC 6749, 2.3.1: both are form-encoded first.
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
            authorization = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        elif provider.client_secret:
            fields["client_secret"] = provider.client_secret
        sent = PostBody(urlencode(fields).encode("ascii"), "application/x-www-form-urlencoded", authorization)
        found: Fetched = self._fetcher.post(endpoints.token, sent, accept=_JSON, deadline=self._deadline())
        try:
            return strict_json.parse(found.body)
        except Malformed as error:
            raise Unavailable(f"{provider.name} sent an invalid response.", code="not_http") from error

    def _deadline(self) -> Deadline:
        return Deadline.after(SECONDS, self._clock)

    def _may_fetch(self, url: str) -> bool:
        now = self._clock()
        with self._lock:
            if now - self._last_fetch.get(url, now - FRESH_EVERY) < FRESH_EVERY:
                return False
            self._last_fetch[url] = now
            return True


def _endpoints(provider: Provider, found: Mapping[str, object]) -> Endpoints:
    if found.get("issuer") != provider.issuer:
        raise Malformed("It belongs to a different issuer.")
    methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Endpoints(
        authorization=_url(found, "authorization_endpoint"),
        token=_url(found, "token_endpoint"),
        keys=_url(found, "jwks_uri"),
        basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )


def _url(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value.startswith("https://"):
        raise Malformed(f"Its {name} is missing or is not an https URL.")
    return value


def _keys(found: Mapping[str, object]) -> Sequence[Mapping[str, Any]]:
    keys = found.get("keys")
    if not isinstance(keys, list):
        raise Malformed("It lists no keys.")
    return [key for key in keys if isinstance(key, dict)]
