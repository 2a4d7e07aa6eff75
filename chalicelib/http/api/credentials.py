"""Credential routes of the JSON API: list, search, issue, and change the status."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import (
    idempotency,
    reissue,
    status_changes,
)
from chalicelib.award.issuing import (
    search as listing,
)
from chalicelib.award.issuing.issue import MAX_EVIDENCE, Award, issue
from chalicelib.award.issuing.reissue import UNCHANGED, Changes
from chalicelib.award.issuing.search import Row, Search
from chalicelib.award.issuing.status_changes import Decision
from chalicelib.credential import dates, email_address, vocabulary
from chalicelib.credential.build import EvidenceLink, Holder, credential_url
from chalicelib.credential.record import Record, State
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, query
from chalicelib.http.input.json_body import JsonReader

MISSING = "There is no credential with this id, or this API key cannot access it."
NO_ACHIEVEMENT = "There is no achievement with this id, or this API key cannot access it."

_Decide = Callable[[IssuerContext, str, str, str | None], Decision]


def routes(services: Services) -> Routes:
    """Create the issuer's routes `/v1/credentials` and below."""
    bound = Routes(__name__, services)
    base_url = bound.base_url

    @bound.bind("/v1/credentials", access=token(Permission.READ))
    def find(request: Request, caller: Caller) -> Reply:
        filters = query.only(request, "name", "email", "achievement", "state", "cursor", "limit")
        limit = query.limit(filters, listing.MAX_PAGE_SIZE)
        search = Search(filters.get("name"), filters.get("email"), filters.get("achievement"), _state(filters))
        page = listing.page(
            services.issuer_context.issuer_store, caller.issuer_id, search, filters.get("cursor"), limit
        )
        return as_json({"items": [row_to_json(row, base_url) for row in page.rows], "next": page.next})

    @bound.bind(
        "/v1/credentials",
        access=token(Permission.ISSUE),
        methods=("POST",),
        missing=NO_ACHIEVEMENT,
        idempotent=True,
    )
    def issue_one(request: Request, caller: Caller) -> Reply:
        sent = body.json_object(request)
        award = _award(caller.issuer_id, JsonReader(sent), _claimed(services, request, caller, sent))
        return _created(issue(services.issuer_context, award), base_url)

    @bound.bind(
        "/v1/credentials/{id}/correct",
        access=token(Permission.ISSUE),
        methods=("POST",),
        missing=MISSING,
        idempotent=True,
    )
    def correct(request: Request, caller: Caller, credential_id: str) -> Reply:
        sent = body.json_object(request)
        changes, reason = _changes(JsonReader(sent))
        new_id = _claimed(services, request, caller, sent)()
        created = reissue.correct(
            services.issuer_context, caller.issuer_id, credential_id, changes, reason, new_id=new_id
        )
        return _created(created, base_url)

    @bound.bind(
        "/v1/credentials/{id}/renew",
        access=token(Permission.ISSUE),
        methods=("POST",),
        missing=MISSING,
        idempotent=True,
    )
    def renew(request: Request, caller: Caller, credential_id: str) -> Reply:
        sent = body.json_or_nothing(request)
        reader = JsonReader(sent)
        valid_until = reader.timestamp("valid_until")
        reader.finish()
        new_id = _claimed(services, request, caller, sent)()
        created = reissue.renew(services.issuer_context, caller.issuer_id, credential_id, valid_until, new_id=new_id)
        return _created(created, base_url)

    _bind_decisions(bound, services)
    return bound


def _bind_decisions(bound: Routes, services: Services) -> None:
    def decided(request: Request, caller: Caller, credential_id: str, decide: _Decide) -> Reply:
        reader = JsonReader(body.json_or_nothing(request))
        reason = reader.optional("reason", status_changes.MAX_REASON)
        reader.finish()
        decision = decide(services.issuer_context, caller.issuer_id, credential_id, reason)
        status = decision.record.status
        return as_json(
            {
                "id": credential_id,
                "state": status.state.value,
                "at": dates.write(status.at),
                "reason": status.reason,
                "changed": decision.changed,
            }
        )

    @bound.bind("/v1/credentials/{id}/revoke", access=token(Permission.ISSUE), methods=("POST",), missing=MISSING)
    def revoke(request: Request, caller: Caller, credential_id: str) -> Reply:
        return decided(request, caller, credential_id, status_changes.revoke)

    @bound.bind("/v1/credentials/{id}/suspend", access=token(Permission.ISSUE), methods=("POST",), missing=MISSING)
    def suspend(request: Request, caller: Caller, credential_id: str) -> Reply:
        return decided(request, caller, credential_id, status_changes.suspend)

    @bound.bind("/v1/credentials/{id}/reinstate", access=token(Permission.ISSUE), methods=("POST",), missing=MISSING)
    def reinstate(request: Request, caller: Caller, credential_id: str) -> Reply:
        return decided(request, caller, credential_id, status_changes.reinstate)


def row_to_json(row: Row, base_url: str) -> dict[str, object]:
    """Serialize a row of the issuer's credential list to JSON."""
    return {
        "id": row.credential_id,
        "url": credential_url(base_url, row.credential_id),
        "achievement": row.achievement_id,
        "holder": {"name": row.holder_name, "email": row.email},
        "state": row.state.value,
        "issued_at": dates.write(row.issued_at),
        "valid_until": None if row.valid_until is None else dates.write(row.valid_until),
        "superseded_by": row.superseded_by,
    }


def issued_to_json(record: Record, base_url: str) -> dict[str, object]:
    """Serialize a credential as it was issued; the result is the same on every call."""
    api = f"{base_url}/v1/credentials/{record.id}"
    return {
        "id": record.id,
        "url": credential_url(base_url, record.id),
        "achievement": {"id": record.achievement_id, "version": record.achievement_version},
        "holder": {"name": record.holder_name},
        "issued_at": dates.write(record.issued_at),
        "valid_until": None if record.valid_until is None else dates.write(record.valid_until),
        "supersedes": record.supersedes,
        "links": {"self": api, "report": f"{api}/report"},
    }


def _created(record: Record, base_url: str) -> Reply:
    where = {"Location": f"{base_url}/v1/credentials/{record.id}"}
    return as_json(issued_to_json(record, base_url), status=201, headers=where)


def _claimed(
    services: Services, request: Request, caller: Caller, sent: Mapping[str, object]
) -> Callable[[], str | None]:
    """Return a function that claims the request's `Idempotency-Key` and returns its id, or None without a key.

    Call it after the request has been validated, so that a rejected body does not use up its key.
    """

    def claim() -> str | None:
        key = request.headers.get("idempotency-key")
        if key is None:
            return None
        # Serialize canonically, because member order and whitespace carry no meaning.
        request_bytes = json.dumps([_path(request), sent], sort_keys=True, separators=(",", ":")).encode()
        return idempotency.claim(services.issuer_context, services.claims, caller.issuer_id, key, request_bytes)

    return claim


def _path(request: Request) -> str:
    """Return the path with its variables: `Request.path` is the route's template, the same for every credential."""
    path: str = request.path
    for name, value in (request.uri_params or {}).items():
        path = path.replace(f"{{{name}}}", value)
    return path


def _award(issuer_id: str, reader: JsonReader, claim: Callable[[], str | None]) -> Award:
    holder = reader.nested("holder", required=True)
    award = Award(
        issuer_id=issuer_id,
        achievement_id=reader.text("achievement", 64),
        holder=Holder(
            holder.text("name", 200), holder.optional("email", email_address.MAX_LENGTH), holder.optional("did", 2000)
        ),
        valid_from=reader.timestamp("valid_from"),
        valid_until=reader.timestamp("valid_until"),
        evidence=_evidence(reader),
        suite=reader.optional("suite", 64) or vocabulary.EDDSA_RDFC_2022,
        jwt=reader.flag("jwt", default=False),
        zone=holder.optional("zone", 64),
        lang=holder.optional("lang", 2),
        notify=reader.flag("notify", default=True),
    )
    reader.finish()
    return replace(award, credential_id=claim())


def _changes(reader: JsonReader) -> tuple[Changes, str | None]:
    """Read the changes: a missing member stays unchanged, and null removes an optional one."""
    for name in ("holder", "valid_from"):
        if reader.is_present(name) and not reader.has(name):
            reader.add_error(name, "This field cannot be removed from a credential. Send a value, or leave it out.")
    holder = reader.nested("holder")
    changes = Changes(
        name=holder.text("name", 200) if holder.is_present("name") else UNCHANGED,
        email=holder.optional("email", email_address.MAX_LENGTH) if holder.is_present("email") else UNCHANGED,
        did=holder.optional("did", 2000) if holder.is_present("did") else UNCHANGED,
        valid_from=reader.timestamp("valid_from") or UNCHANGED,
        valid_until=reader.timestamp("valid_until") if reader.is_present("valid_until") else UNCHANGED,
        evidence=_evidence(reader) if reader.is_present("evidence") else UNCHANGED,
    )
    reason = reader.optional("reason", status_changes.MAX_REASON)
    reader.finish()
    return changes, reason


def _evidence(reader: JsonReader) -> tuple[EvidenceLink, ...]:
    return tuple(
        EvidenceLink(one.text("url", 2000), one.text("name", 200), one.optional("narrative", 2000))
        for one in reader.nested_list("evidence", MAX_EVIDENCE)
    )


def _state(filters: Mapping[str, str]) -> State | None:
    if "state" not in filters:
        return None
    try:
        return State(filters["state"])
    except ValueError as error:
        raise query.refused("state", f"This must be one of: {', '.join(State)}.") from error
