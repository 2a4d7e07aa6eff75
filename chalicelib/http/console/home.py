"""Console home page: the person's issuers, or what they can do without one, and a form that creates one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalice.app import Request

from chalicelib.access import members, rate_limits, signing_keys
from chalicelib.access.caller import Person
from chalicelib.access.rate_limits import Limit, NetworkLimit
from chalicelib.access.sign_in import known
from chalicelib.award.issuers import creator, issuer_actions, names
from chalicelib.credential.email_address import without_tag
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.holder import link_requests
from chalicelib.errors import NotFound, Refused, TooMany
from chalicelib.http.console import layout, text
from chalicelib.http.console.forms import form_state, issuer_form
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import PERSON, PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render
from chalicelib.http.input import request_context

ISSUERS_PER_PERSON = Limit("issuer_created", 5, timedelta(days=1))
"""Maximum issuers created from one mailbox. Those that a person belongs to do not count: anyone can add anyone as a
member, and could otherwise prevent them from creating their own."""
PAGE_SIZE = 50
"""Issuers on one page. Anyone can add a person as a member of any number of issuers, and each takes two reads."""
ISSUERS_PER_NETWORK = NetworkLimit("issuer_created_from", 20, 40, 100, timedelta(days=1))
"""Maximum issuers created from one network, because a person can use any number of email addresses. Enough for a class
of students behind one address to create one each."""
HOLDER = "holder"
"""Value of the query parameter `for` on the page `/console` for someone who wants to see their own credentials."""
SCRIPT_SECONDS = 86_400
"""Cache lifetime. The page names the script by its hash, so a stale copy does not run; the page works without it."""


@dataclass(frozen=True, slots=True)
class IssuerRole:
    """An issuer and the person's role in it."""

    issuer: Issuer
    role: str


def routes(services: Services) -> Routes:
    """`/console`, `/console/new`, `/console.js`."""
    bound = Routes(__name__, services)
    base_url = services.settings.base_url

    @bound.bind("/console.js", access=PUBLIC)
    def script(request: Request) -> Reply:
        return public(request, Reply(render.script(), "text/javascript; charset=utf-8"), SCRIPT_SECONDS)

    @bound.bind("/console", access=PERSON)
    def home(request: Request, person: Person) -> Reply:
        query = layout.query(request)
        if query.get("for") == HOLDER:
            return _start(services, person, FormState())
        joined = members.issuers_of(services.access_context, person.email)
        if query.get("after") in joined:
            joined = joined[joined.index(query["after"]) + 1 :]
        shown, more = joined[:PAGE_SIZE], len(joined) > PAGE_SIZE
        found = _issuer_roles(services, person, shown)
        if not found and not more:
            return _start(services, person, FormState())
        if len(joined) == 1 and not query:
            return layout.redirect(f"{base_url}/console/{joined[0]}")
        context = PageContext(person, base_url, banner=layout.banner(request))
        return layout.show(context, "issuers.html", issuers=found, next=shown[-1] if more else None)

    @bound.bind("/console/new", access=PERSON)
    def new(_request: Request, person: Person) -> Reply:
        return _new(services, person, FormState())

    @bound.bind("/console/new", access=PERSON, methods=("POST",))
    def create(request: Request, person: Person) -> Reply:
        form = form_state.sent(request)
        if form.text("do") == "holder":
            return _sent_holder_link(services, person)
        return _create(services, request, person, form)

    return bound


def _create(services: Services, request: Request, person: Person, form: FormState) -> Reply:
    issuer_form.check(form)
    issuer_id = _short_name(form)
    _check_name(services, person, form, issuer_id)
    if not form.errors and not _may_create(services, request, person):
        form.add_error("", "Too many issuers were created today from your account or network. Try again tomorrow.")
    if form.errors:
        return _new(services, person, form)
    with form.record_refusal("id"):
        new = issuer_form.new(form, issuer_id)
        created_by = () if person.operator else _creator(services, request, person)
        issuer_actions.create(
            services.issuer_context, new, owner=person.email, creator=created_by, registered=person.operator
        )
        return layout.redirect(f"{services.settings.base_url}/console/{issuer_id}", did="issuer_created")
    return _new(services, person, form)


def _sent_holder_link(services: Services, person: Person) -> Reply:
    """Answer a holder who signed in to find their credentials. The answer is the same without any."""
    form = FormState()
    with form.record_refusal(""):
        try:
            link_requests.send_link_to_person(services.delivery_context, person.email)
        except TooMany as error:
            raise Refused(error.detail, code=error.code) from error
    return _start(services, person, form, asked=not form.errors)


def slug(name: str) -> str:
    """Derive a short name for URLs: `Fernhill College` becomes `fernhill-college`."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:64].strip("-")


def _check_name(services: Services, person: Person, form: FormState, issuer_id: str) -> None:
    if not form.errors and not person.operator:
        with form.record_refusal("name"):
            names.check(services.issuer_context, issuer_id, form.text("name"))


def _may_create(services: Services, request: Request, person: Person) -> bool:
    access_context, address = services.access_context, request_context.client_address(request)
    return person.operator or (
        rate_limits.within(access_context, ISSUERS_PER_PERSON, without_tag(person.email))
        and rate_limits.within_networks(access_context, ISSUERS_PER_NETWORK, address)
    )


def _creator(services: Services, request: Request, person: Person) -> tuple[str, ...]:
    _, key = known.key_of_year(services.access_context)
    secret = signing_keys.derived(key, "issuer-creator")
    return creator.creator_ids(secret, person.email, request_context.client_address(request))


def _issuer_roles(services: Services, person: Person, issuer_ids: Sequence[str]) -> list[IssuerRole]:
    found = []
    for issuer_id in issuer_ids:
        try:
            role = services.access_context.member_store.member(issuer_id, person.email).role
            found.append(
                IssuerRole(services.issuer_context.issuer_store.issuer(issuer_id), text.ROLES[role][0].lower())
            )
        except NotFound:
            # The person was removed between the two reads, or the issuer was never completed.
            continue
    return found


def _short_name(form: FormState) -> str:
    """Return the short name typed, or derived from the name. Record an error in ``form`` when it is invalid."""
    made = form.text("id") or slug(form.text("name"))
    if made:
        with form.record_refusal("id"):
            issuer_actions.check_id(made)
    elif form.text("name"):
        form.add_error(
            "id",
            "Enter a short name. Use only the letters a–z, digits and hyphens. We could not create one from the name.",
        )
    return made


def _start(services: Services, person: Person, form: FormState, *, asked: bool = False) -> Reply:
    """Offer what a person can do who belongs to no organization, or who is here as a holder. ``asked``: the link to
    their own credentials was requested."""
    joined = bool(members.issuers_of(services.access_context, person.email))
    context = PageContext(person, services.settings.base_url)
    return layout.show(context, "start.html", status=form.status, form=form, joined=joined, asked=asked)


def _new(services: Services, person: Person, form: FormState) -> Reply:
    first = not members.issuers_of(services.access_context, person.email)
    context = PageContext(person, services.settings.base_url)
    return layout.show(context, "new_issuer.html", status=form.status, form=form, first=first)
