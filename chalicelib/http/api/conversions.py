"""Sign-ups on an issuer's enrolment pages: `POST /v1/conversions`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.catalogue import conversion
from chalicelib.catalogue.conversion import Conversion
from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader


def routes(services: Services) -> Routes:
    """Create the route `/v1/conversions`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/conversions", access=token(Permission.ISSUE), methods=("POST",))
    def credit(request: Request, caller: Caller) -> Reply:
        reader = JsonReader(body.json_object(request))
        sent = reader.text("referral", conversion.MAX_TOKEN)
        reader.finish()
        found = conversion.credit(services.conversions, caller.issuer_id, sent)
        return as_json(_write(found, bound.base_url), status=200 if found.repeated else 201)

    return bound


def _write(found: Conversion, base_url: str) -> dict[str, object]:
    credential = found.referral.credential_id
    return {
        "id": found.event_id,
        "at": dates.write(found.at),
        "achievement": found.referral.achievement_id,
        "credential": None if credential is None else {"id": credential, "url": credential_url(base_url, credential)},
        "channel": found.referral.channel,
        "referred_at": dates.write(found.referral.at),
    }
