"""Issuer routes of the JSON API: operators create issuers, and each issuer reads and edits its own profile."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access import email_address
from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.credential import dates
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import NotFound
from chalicelib.http.core.access import OPERATOR, either
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader

MISSING = "There is no issuer with this id, or this API key cannot access it."
WORDS = (
    "name",
    "url",
    "description",
    "email",
    "image",
    "accent",
    "embed_sites",
    "font",
    "footer",
    "certificate_template",
    "directory",
)


def routes(services: Services) -> Routes:
    """Create the routes `/v1/issuers` and `/v1/issuers/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/issuers", access=either(Permission.READ))
    def listing(_request: Request, caller: Caller | str) -> Reply:
        issuer_store = services.issuer_context.issuer_store
        found = [issuer_store.issuer(caller.issuer_id)] if isinstance(caller, Caller) else list(issuer_store.issuers())
        return as_json({"items": [to_json(issuer) for issuer in found]})

    @bound.bind("/v1/issuers", access=OPERATOR, methods=("POST",))
    def add(request: Request, _operator: str) -> Reply:
        reader = JsonReader(body.json_object(request))
        new = NewIssuer(
            id=reader.text("id"),
            name=reader.text("name"),
            url=reader.text("url"),
            description=reader.text("description"),
            email=reader.optional("email"),
            image=reader.optional("image"),
            accent=reader.optional("accent"),
            embed_sites=reader.optional("embed_sites"),
            certificate_template=reader.optional("certificate_template"),
            font=reader.optional("font"),
            footer=reader.optional("footer"),
            directory=reader.optional("directory"),
        )
        sent_owner = reader.text("owner")
        reader.finish()
        owner = email_address.normalize(sent_owner)
        issuer = issuer_actions.create(services.issuer_context, new, owner=owner, registered=True)
        where = {"Location": f"{services.settings.base_url}/v1/issuers/{issuer.id}"}
        return as_json(to_json(issuer), status=201, headers=where)

    @bound.bind("/v1/issuers/{id}", access=either(Permission.READ), missing=MISSING)
    def show(_request: Request, caller: Caller | str, issuer_id: str) -> Reply:
        return as_json(to_json(services.issuer_context.issuer_store.issuer(_own(caller, issuer_id))))

    @bound.bind("/v1/issuers/{id}", access=either(Permission.MANAGE), methods=("PATCH",), missing=MISSING)
    def update_profile(request: Request, caller: Caller | str, issuer_id: str) -> Reply:
        own, by_operator = _own(caller, issuer_id), isinstance(caller, str)
        reader = JsonReader(body.json_object(request))
        changes = {name: reader.optional(name) for name in WORDS if reader.is_present(name)}
        version = reader.version()
        reader.finish()
        changed = issuer_actions.update_profile(services.issuer_context, own, changes, version, by_operator=by_operator)
        return as_json(to_json(changed))

    return bound


def to_json(issuer: Issuer) -> dict[str, object]:
    """Serialize an issuer to JSON."""
    return {
        "id": issuer.id,
        "did": issuer.did,
        "name": issuer.name,
        "url": issuer.url,
        "description": issuer.description,
        "email": issuer.email,
        "image": issuer.image,
        "accent": issuer.accent,
        "version": issuer.profile_version,
        "embed_sites": issuer.embed_sites,
        "certificate_template": issuer.certificate_template,
        "font": issuer.font,
        "footer": issuer.footer,
        "directory": issuer.directory,
        "page_host": issuer.page_host,
        "keys": [
            {
                "id": issuer.method_id(key),
                "p256": None if key.p256 is None else f"{issuer.did}#{key.p256}",
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
