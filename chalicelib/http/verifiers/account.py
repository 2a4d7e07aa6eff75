"""The verifier of an API key, for the program that has the key: `/v1/verifier`.

A key reads its account, and rotates or revokes itself. It cannot make another key with other permissions, or end one of
another program: for that, the owner signs in (`/developers`).
"""

from __future__ import annotations

from chalice.app import Request

from chalicelib.credential import dates
from chalicelib.http.core.access import verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.verifiers import accounts
from chalicelib.verifiers.limits import LIMITS
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import ApiKey


def routes(services: Services) -> Routes:
    """Create the routes `/v1/verifier`, `/v1/verifier/key`, `/v1/verifier/key/rotate`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/verifier", access=verifier())
    def show(_request: Request, caller: ApiCaller) -> Reply:
        found = services.verifier_context.store.verifier(caller.key.verifier_id)
        return as_json(
            {
                "id": found.id,
                "name": found.name,
                "created": dates.write(found.created),
                "key": caller.key.key_id,
                "keys": [_key(key) for key in found.keys],
                "limits": {scope.value: _limit(scope) for scope in Scope},
            }
        )

    @bound.bind("/v1/verifier/key/rotate", access=verifier(), methods=("POST",))
    def rotate(_request: Request, caller: ApiCaller) -> Reply:
        made = accounts.rotate_key(services.verifier_context, caller.key.verifier_id, caller.key.key_id)
        return as_json({**_key(made.key), "api_key": made.text}, status=201)

    @bound.bind("/v1/verifier/key", access=verifier(), methods=("DELETE",))
    def revoke(_request: Request, caller: ApiCaller) -> Reply:
        accounts.revoke_key(services.verifier_context, caller.key.verifier_id, caller.key.key_id)
        return Reply("", "text/plain", 204)

    return bound


def _key(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created": dates.write(key.created),
        "ends": None if key.ends is None else dates.write(key.ends),
    }


def _limit(scope: Scope) -> dict[str, object]:
    policy = LIMITS[scope].verifier
    return {"burst": policy.burst, "per_second": 1 / policy.interval.total_seconds()}
