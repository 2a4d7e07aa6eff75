"""Who belongs to the issuer."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access import members
from chalicelib.access.caller import Caller, Person
from chalicelib.access.nouns import Member
from chalicelib.access.roles import Act, Role
from chalicelib.delivery.invite import invite
from chalicelib.errors import Conflict
from chalicelib.http.access import member
from chalicelib.http.console import filled, frame, words
from chalicelib.http.console.filled import Filled
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply
from chalicelib.http.routing import Routes

NOBODY = "There is no such person here. Somebody may have removed them a moment ago."


def routes(services: Services) -> Routes:
    """`/console/{issuer}/people`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/people", access=member(Act.READ))
    def people(request: Request, caller: Caller, person: Person) -> Reply:
        return _all(services, frame.of(services, request, caller, person, "people"), Filled({"role": Role.EDITOR}))

    @bound.bind("/console/{issuer}/people", access=member(Act.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "people")
        form = filled.sent(request)
        role = form.one_of("role", Role, "Choose a role.")
        told = False
        with form.judged("email"):
            if role is not None:
                added = members.add(services.gate, caller.issuer_id, form.said("email"), role)
                told = invite(services.delivering, added)
        if form.faults:
            return _all(services, around, form)
        return frame.sent_on(f"{around.at}/people", did="member_added" if told else "member_not_told")

    @bound.bind("/console/{issuer}/people/change", access=member(Act.MANAGE), missing=NOBODY)
    def one(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "people")
        found = services.gate.register.member(caller.issuer_id, frame.asked(request).get("email", ""))
        return _one(around, found, Filled({"role": found.role}))

    @bound.bind("/console/{issuer}/people/change", access=member(Act.MANAGE), methods=("POST",), missing=NOBODY)
    def change(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "people")
        form = filled.sent(request)
        found = services.gate.register.member(caller.issuer_id, form.said("email"))
        return (
            _removed(services, around, found, form)
            if form.said("do") == "remove"
            else _changed(services, around, found, form)
        )

    return bound


def _all(services: Services, around: frame.Frame, form: Filled) -> Reply:
    found = members.of_issuer(services.gate, around.tenant)
    return frame.show(
        around,
        "people.html",
        status=form.status,
        form=form,
        members=tuple(found),
        roles=words.ROLES,
        role_options=words.ROLE_OPTIONS,
    )


def _one(around: frame.Frame, found: Member, form: Filled) -> Reply:
    options = words.ROLE_OPTIONS
    return frame.show(
        around, "person.html", status=form.status, form=form, member=found, roles=words.ROLES, role_options=options
    )


def _changed(services: Services, around: frame.Frame, found: Member, form: Filled) -> Reply:
    role = form.one_of("role", Role, "Choose a role.")
    try:
        if role is not None:
            members.change(services.gate, found.issuer_id, found.email, role)
    except Conflict as error:
        form.fault("role", _sentence(error))
    return _one(around, found, form) if form.faults else frame.sent_on(f"{around.at}/people", did="member_changed")


def _removed(services: Services, around: frame.Frame, found: Member, form: Filled) -> Reply:
    try:
        members.remove(services.gate, found.issuer_id, found.email)
    except Conflict as error:
        form.fault("", _sentence(error))
        return _one(around, found, form)
    # Who removed themselves has no people's page to go to.
    own = found.email == around.person.email
    return frame.sent_on(f"{around.base_url}/console" if own else f"{around.at}/people", did="member_removed")


def _sentence(error: Conflict) -> str:
    if error.code == "last_owner":
        return "This is the only owner, and an issuer must have one. Make somebody else an owner first."
    return f"{error.detail} Look at the list again.".strip()
