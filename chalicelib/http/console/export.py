"""Export page: all data of the issuer, in parts that each fit into one response, and its contacts for a CRM."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award import contacts, daily_limits, export
from chalicelib.award.contacts import Crm
from chalicelib.errors import NotFound
from chalicelib.http.console import layout
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes

CSV = "text/csv"
NDJSON = "application/x-ndjson"
MISSING = "There is nothing to export."
MAX_CONTACT_ROWS = 10_000
"""Maximum newest credentials whose holders are in one file: read in a few seconds, 3 MB at most. The `laurel` command
has no limit."""
CRMS = {Crm.SALESFORCE: "Salesforce", Crm.HUBSPOT: "HubSpot"}


def routes(services: Services) -> Routes:
    """`/console/{issuer}/export` and its files."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/export", access=member(Permission.EXPORT))
    def parts(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "settings")
        cursor, number = _requested_part(request)
        # The part is built here only to find out whether another one follows, because the total is unknown.
        following = export.limited_page(services.issuer_context, services.exporters, caller.issuer_id, cursor).next
        return layout.show(context, "export.html", cursor=cursor or "", number=number, next=following or "", crms=CRMS)

    @bound.bind("/console/{issuer}/export/file", access=member(Permission.EXPORT))
    def file(request: Request, caller: Caller, _person: Person) -> Reply:
        cursor, number = _requested_part(request)
        content = export.limited_page(services.issuer_context, services.exporters, caller.issuer_id, cursor).content
        headers = {"Content-Disposition": f'attachment; filename="{caller.issuer_id}-{number}.ndjson"'}
        return Reply(content, NDJSON, headers=uncached(**headers))

    @bound.bind("/console/{issuer}/export/{crm}", access=member(Permission.EXPORT), missing=MISSING)
    def contacts_file(_request: Request, caller: Caller, _person: Person, crm: str) -> Reply:
        if crm not in CRMS:
            raise NotFound("no such file")
        context, store = services.issuer_context, services.issuer_context.issuer_store
        daily_limits.take(context, store.issuer(caller.issuer_id), daily_limits.EXPORT_PARTS)
        found = contacts.contacts(contacts.rows_of(store, caller.issuer_id, MAX_CONTACT_ROWS))
        names = {each.id: each.name for each in store.achievements(caller.issuer_id)}
        content = "".join(contacts.lines(Crm(crm), found, names, bound.base_url, context.now()))
        headers = {"Content-Disposition": f'attachment; filename="{caller.issuer_id}-{crm}.csv"'}
        return Reply(content, f"{CSV}; charset=utf-8", headers=uncached(**headers))

    return bound


def _requested_part(request: Request) -> tuple[str | None, int]:
    """Return the cursor at which the part begins, and the number of the part."""
    query = layout.query(request)
    number = query.get("part", "")
    return query.get("cursor") or None, int(number) if re.fullmatch(r"[1-9]\d{0,4}", number, re.ASCII) else 1
