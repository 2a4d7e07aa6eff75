"""The issuer's own words, its identity, and the way to take everything away."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Act
from chalicelib.award import issuers
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.errors import Refused
from chalicelib.http.access import member
from chalicelib.http.console import filled, frame, issuer_words
from chalicelib.http.console.filled import Filled
from chalicelib.http.console.frame import Frame
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply
from chalicelib.http.routing import Routes


def routes(services: Services) -> Routes:
    """`/console/{issuer}/settings`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/settings", access=member(Act.MANAGE))
    def settings(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "settings")
        return _shown(around, issuer_words.of(services.awarding.ledger.issuer(caller.issuer_id)))

    @bound.bind("/console/{issuer}/settings", access=member(Act.MANAGE), methods=("POST",))
    def change(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "settings")
        form = filled.sent(request)
        issuer_words.check(form)
        if not form.faults:
            with form.judged(""):
                issuers.reword(services.awarding, caller.issuer_id, issuer_words.changes(form))
                return frame.sent_on(f"{around.at}/settings", did="settings_changed")
        return _shown(around, form)

    return bound


def _shown(around: Frame, form: Filled) -> Reply:
    return frame.show(around, "settings.html", status=form.status, form=form, key=_key(around.issuer))


def _key(issuer: Issuer | None) -> SigningKey | None:
    """The key that signs now, None when there is none."""
    try:
        return issuer.signing_key if issuer else None
    except Refused:
        return None
