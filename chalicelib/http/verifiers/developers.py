"""The pages on which a person creates verifiers and their API keys: `/developers`."""

from __future__ import annotations

from datetime import timedelta

from chalice.app import Request

from chalicelib.access import rate_limits
from chalicelib.access.caller import Person
from chalicelib.access.rate_limits import NetworkLimit
from chalicelib.errors import Conflict, Refused
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import PERSON
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import request_context
from chalicelib.verifiers import accounts
from chalicelib.verifiers.accounts import NewKey
from chalicelib.verifiers.limits import LIMITS
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import MAX_KEYS, MAX_VERIFIERS, OVERLAP, Verifier
from chalicelib.verifiers.watches import changing

MISSING = "This account does not exist, or it belongs to someone else. Check the list of your accounts."
PER_NETWORK = NetworkLimit("verifier_created_from", 10, 20, 50, timedelta(days=1))
"""Maximum accounts created from one network: a person can use any number of email addresses, and each account has
limits of its own. Enough for a course in which everyone creates one to take turns over two days."""
SCOPES = (
    (Scope.VERIFY, "Verify credentials", "Verify up to 20 credentials or links in one request."),
    (Scope.BATCH, "Verify batches", "Verify up to 1,000 credentials or links in one request, or more in a job."),
    (Scope.DIRECTORY, "Search the directory", "Find people who have made their credentials public."),
    (Scope.WATCH, "Watch credentials", "Get a webhook when the verdict on a credential changes."),
)
"""Scope, label and hint."""


def routes(services: Services) -> Routes:
    """Create the routes `/developers`, `/developers/{id}`."""
    bound = Routes(__name__, services)
    base_url = services.settings.base_url

    @bound.bind("/developers", access=PERSON)
    def listing(request: Request, person: Person) -> Reply:
        return _list(services, request, person, FormState())

    @bound.bind("/developers", access=PERSON, methods=("POST",))
    def create(request: Request, person: Person) -> Reply:
        form = form_state.sent(request)
        address = request_context.client_address(request)
        if not rate_limits.within_networks(services.access_context, PER_NETWORK, address):
            form.add_error("", "Too many accounts were created today from your network. Try again tomorrow.")
            return _list(services, request, person, form)
        with form.record_refusal("name"):
            made = accounts.create(services.verifier_context, person.email, form.text("name"))
            return layout.redirect(f"{base_url}/developers/{made.id}", did="verifier_created")
        return _list(services, request, person, form)

    @bound.bind("/developers/{id}", access=PERSON, missing=MISSING)
    def show(request: Request, person: Person, verifier_id: str) -> Reply:
        found = accounts.owned(services.verifier_context, person.email, verifier_id)
        return _show(services, request, person, found, _blank_form())

    @bound.bind("/developers/{id}", access=PERSON, methods=("POST",), missing=MISSING)
    def change(request: Request, person: Person, verifier_id: str) -> Reply:
        context = services.verifier_context
        found = accounts.owned(context, person.email, verifier_id)
        form = form_state.sent(request)
        url = f"{base_url}/developers/{found.id}"
        match form.text("do"):
            case "create_key":
                return _create_key(services, request, person, found, form)
            case "rotate_key":
                return _rotate_key(services, request, person, found, form.text("key"))
            case "revoke_key":
                accounts.revoke_key(context, found.id, form.text("key"))
                return layout.redirect(url, did="token_revoked")
            case "delete":
                # Watches first: once the account is gone, nobody could delete them.
                changing.remove_all(services.watch_removals, found.id, context.now())
                accounts.delete(context, person.email, found.id)
                return layout.redirect(f"{base_url}/developers", did="verifier_deleted")
        raise Problem("invalid_request", "Unknown action.")

    return bound


def _create_key(services: Services, request: Request, person: Person, found: Verifier, form: FormState) -> Reply:
    scopes = [scope for scope in Scope if form.text(scope)]
    try:
        made = accounts.create_key(services.verifier_context, found, form.text("name"), scopes, form.or_none("key"))
    except Conflict:
        return _show(services, request, person, found, _blank_form(), repeated=True)
    except Refused as error:
        form.add_error("name" if scopes else Scope.VERIFY.value, error.detail)
        return _show(services, request, person, found, form)
    # No redirect: only this response can show the text. Resubmitting the form creates no second key.
    return _show(services, request, person, _again(services, found), _blank_form(), made)


def _rotate_key(services: Services, request: Request, person: Person, found: Verifier, key_id: str) -> Reply:
    form = _blank_form()
    try:
        made = accounts.rotate_key(services.verifier_context, found.id, key_id)
    except Conflict:
        return _show(services, request, person, found, form, repeated=True)
    except Refused as error:
        form.add_error("", error.detail)
        return _show(services, request, person, found, form)
    return _show(services, request, person, _again(services, found), form, made)


def _again(services: Services, found: Verifier) -> Verifier:
    return services.verifier_context.store.verifier(found.id)


def _blank_form() -> FormState:
    return FormState({Scope.VERIFY: "yes"})


def _list(services: Services, request: Request, person: Person, form: FormState) -> Reply:
    return layout.show(
        PageContext(person, services.settings.base_url, banner=layout.banner(request)),
        "developers.html",
        status=form.status,
        form=form,
        verifiers=accounts.of_owner(services.verifier_context, person.email),
        max_verifiers=MAX_VERIFIERS,
    )


def _show(
    services: Services,
    request: Request,
    person: Person,
    found: Verifier,
    form: FormState,
    new_key: NewKey | None = None,
    *,
    repeated: bool = False,
) -> Reply:
    now = services.verifier_context.now()
    return layout.show(
        PageContext(person, services.settings.base_url, banner=layout.banner(request)),
        "developer.html",
        status=409 if repeated else form.status,
        form=form,
        verifier=found,
        keys=[key for key in found.keys if key.works(now)],
        new_key=new_key,
        repeated=repeated,
        key=form.or_none("key") or accounts.new_key_id(services.verifier_context),
        scopes=SCOPES,
        policy=LIMITS[Scope.VERIFY].verifier,
        max_keys=MAX_KEYS,
        overlap_hours=int(OVERLAP.total_seconds() // 3600),
    )
