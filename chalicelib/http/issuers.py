"""Issuers, for programs: operators found them, and each issuer sees and words itself."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access import address
from chalicelib.access.caller import Caller
from chalicelib.access.roles import Act
from chalicelib.award import issuers
from chalicelib.award.issuers import NewIssuer
from chalicelib.credential import dates
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import NotFound
from chalicelib.http import body, fields
from chalicelib.http.access import OPERATOR, either, token
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply, as_json
from chalicelib.http.routing import Routes

MISSING = "There is no issuer of that id that this token may see."
WORDS = ("name", "url", "description", "email", "image", "accent")


def routes(services: Services) -> Routes:
    """`/v1/issuers` and `/v1/issuers/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/issuers", access=either(Act.READ))
    def listing(_request: Request, caller: Caller | str) -> Reply:
        ledger = services.awarding.ledger
        found = [ledger.issuer(caller.issuer_id)] if isinstance(caller, Caller) else list(ledger.issuers())
        return as_json({"items": [shape(issuer) for issuer in found]})

    @bound.bind("/v1/issuers", access=OPERATOR, methods=("POST",))
    def add(request: Request, _operator: str) -> Reply:
        sent = body.json_object(request)
        fields.only(sent, "id", *WORDS, "owner")
        new = NewIssuer(
            id=fields.text(sent, "id"),
            name=fields.text(sent, "name"),
            url=fields.text(sent, "url"),
            description=fields.text(sent, "description"),
            email=fields.optional(sent, "email"),
            image=fields.optional(sent, "image"),
            accent=fields.optional(sent, "accent"),
        )
        owner = address.normal(fields.text(sent, "owner"))
        issuer = issuers.found(services.awarding, new, owner=owner, registered=True)
        where = {"Location": f"{services.settings.base_url}/v1/issuers/{issuer.id}"}
        return as_json(shape(issuer), status=201, headers=where)

    @bound.bind("/v1/issuers/{id}", access=either(Act.READ), missing=MISSING)
    def show(_request: Request, caller: Caller | str, issuer_id: str) -> Reply:
        return as_json(shape(services.awarding.ledger.issuer(_own(caller, issuer_id))))

    @bound.bind("/v1/issuers/{id}", access=token(Act.MANAGE), methods=("PATCH",), missing=MISSING)
    def reword(request: Request, caller: Caller, issuer_id: str) -> Reply:
        sent = body.json_object(request)
        fields.only(sent, *WORDS)
        changes = {name: fields.optional(sent, name) for name in WORDS if name in sent}
        return as_json(shape(issuers.reword(services.awarding, _own(caller, issuer_id), changes)))

    return bound


def shape(issuer: Issuer) -> dict[str, object]:
    """An issuer, as programs read it."""
    return {
        "id": issuer.id,
        "did": issuer.did,
        "name": issuer.name,
        "url": issuer.url,
        "description": issuer.description,
        "email": issuer.email,
        "image": issuer.image,
        "accent": issuer.accent,
        "keys": [
            {
                "id": issuer.method_id(key),
                "created": dates.write(key.created),
                "retired": None if key.retired is None else dates.write(key.retired),
                "revoked": None if key.revoked is None else dates.write(key.revoked),
            }
            for key in issuer.keys
        ],
    }


def _own(caller: Caller | str, issuer_id: str) -> str:
    if isinstance(caller, Caller) and caller.issuer_id != issuer_id:
        raise NotFound("another tenant's")
    return issuer_id
