"""Pathway pages: list, create and edit pathways, and show a holder's progress."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.input.text_rules import check_text
from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway import MAX_STEPS, Group, Node, Pathway, Rule
from chalicelib.award.pathways.pathway_actions import HolderProgress
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.award.pathways.pathway_link import Step
from chalicelib.award.pathways.pathway_progress import StepState
from chalicelib.errors import Conflict, Refused
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.pathways.completions import completed
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This pathway does not exist. Check the list of pathways."
FEW_STEPS = 4
"""Minimum number of step rows."""
MORE_STEPS = 4
RULES = (
    (Rule.ALL.value, "All of them, in any order"),
    (Rule.IN_ORDER.value, "All of them, in order"),
    (Rule.ANY.value, "Some of them"),
)
STEP_LABELS: Mapping[StepState, StatusLabel] = {
    StepState.DONE: StatusLabel("Earned", "good"),
    StepState.OPEN: StatusLabel("Available now", "open"),
    StepState.LOCKED: StatusLabel("Later", "none"),
}


def routes(services: Services) -> Routes:
    """`/console/{issuer}/pathways`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/pathways", access=member(Permission.READ))
    def list_all(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "pathways")
        found = sorted(
            services.pathways.pathways(caller.issuer_id), key=lambda one: (one.archived, one.name.casefold())
        )
        return layout.show(context, "pathways.html", found=found, steps={one.id: _flat(one.root) for one in found})

    @bound.bind("/console/{issuer}/pathways/new", access=member(Permission.EDIT))
    def new(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "pathways")
        return _render(services, context, FormState({"rule": Rule.ALL.value}))

    @bound.bind("/console/{issuer}/pathways/new", access=member(Permission.EDIT), methods=("POST",))
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        return _save(
            services, layout.page_context(services, request, caller, person, "pathways"), form_state.sent(request), None
        )

    @bound.bind("/console/{issuer}/pathways/{id}", access=member(Permission.READ), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, pathway_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "pathways")
        found = services.pathways.pathway(caller.issuer_id, pathway_id)
        email = layout.query(request).get("email", "").strip()
        holder_progress = (
            pathway_actions.holder_progress(
                services.issuer_context, services.pathways, caller.issuer_id, pathway_id, email
            )
            if email
            else None
        )
        return _render(
            services,
            context,
            form_from_pathway(found),
            found,
            holder_progress,
            email,
            layout.query(request).get("after"),
        )

    @bound.bind("/console/{issuer}/pathways/{id}", access=member(Permission.EDIT), methods=("POST",), missing=MISSING)
    def change(request: Request, caller: Caller, person: Person, pathway_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "pathways")
        before = services.pathways.pathway(caller.issuer_id, pathway_id)
        return _save(services, context, form_state.sent(request), before)

    return bound


def form_from_pathway(pathway: Pathway) -> FormState:
    """Fill the form with the current values of ``pathway``."""
    values = {
        "name": pathway.name,
        "description": pathway.description,
        "rule": pathway.root.rule.value,
        "required": str(pathway.root.required) if pathway.root.rule is Rule.ANY else "",
        "reward": pathway.reward or "",
        "archived": "yes" if pathway.archived else "",
    }
    for number, step in enumerate(pathway.root.steps, 1):
        if isinstance(step, Step):
            values |= {f"step_{number}": step.achievement_id, f"url_{number}": step.url or ""}
    return FormState(values)


def _save(services: Services, context: PageContext, form: FormState, before: Pathway | None) -> Reply:
    if form.text("do") == "more":
        return _render(services, context, form, before)
    draft = _draft(form, before)
    if draft is not None and _issues_now(draft, before) and not form.text("confirm"):
        form.add_error("confirm", "Tick the box to issue the reward to everyone who has completed all steps.")
        draft = None
    if draft is not None:
        try:
            if before is None:
                pathway_actions.add(services.issuer_context, services.pathways, context.tenant, draft)
            else:
                pathway_actions.change(services.issuer_context, services.pathways, context.tenant, before.id, draft)
        except Conflict as error:
            form.add_error("", error.detail)
            if before is not None:
                # The form may replace the other person's version only after this person has seen the conflict.
                before = services.pathways.pathway(context.tenant, before.id)
                form = form.with_value("version", str(before.version))
        except Refused as error:
            form.add_error("", error.detail)
        else:
            did = "pathway_rewards" if _issues_now(draft, before) else "pathway_saved"
            return layout.redirect(f"{context.issuer_url}/pathways", did=did)
    return _render(services, context, form, before)


def _issues_now(draft: Draft, before: Pathway | None) -> bool:
    """Whether saving ``draft`` can issue its reward to holders who have already completed all steps."""
    if draft.reward is None or draft.archived:
        return False
    if before is None or before.archived or before.reward != draft.reward:
        return True
    old, new = before.root, draft.root
    achievements = [[step.achievement_id for step in _flat(root)] for root in (old, new)]
    return (old.rule, old.required, achievements[0]) != (new.rule, new.required, achievements[1])


def _draft(form: FormState, before: Pathway | None) -> Draft | None:
    """Parse ``form`` into a draft. Record errors and return None when it is invalid."""
    form.check("name", lambda value: check_text("name", value, 200))
    form.check("description", lambda value: check_text("description", value, 2000))
    rule = form.one_of("rule", Rule, "Choose which steps are required.")
    steps = _steps(form, before)
    if not steps:
        form.add_error("step_1", "Choose at least one step.")
    required = len(steps)
    if rule is Rule.ANY:
        value = form.text("required")
        required = int(value) if re.fullmatch(r"\d{1,3}", value, re.ASCII) else 0
        if not 1 <= required <= len(steps):
            form.add_error("required", f"Enter a number of steps from 1 to {len(steps)}.")
    if form.errors or rule is None:
        return None
    version = form.number("version")
    return Draft(
        name=form.text("name"),
        description=form.text("description"),
        root=Group(rule, steps, required),
        reward=form.or_none("reward"),
        archived=bool(form.text("archived")),
        version=0 if version is None and before else version,
    )


def _steps(form: FormState, before: Pathway | None) -> tuple[Node, ...]:
    """Return the steps chosen in ``form``, with the descriptions that they had before."""
    described = {step.achievement_id: step.description for step in _flat(before.root)} if before else {}
    found: list[Node] = []
    for number in _rows(form):
        achievement_id = form.text(f"step_{number}")
        if achievement_id:
            url = form.or_none(f"url_{number}")
            found.append(Step(achievement_id, "", described.get(achievement_id), url))
    return tuple(found)


def _rows(form: FormState) -> range:
    numbers = [int(name.rpartition("_")[2]) for name in form.values if re.fullmatch(r"step_\d{1,2}", name, re.ASCII)]
    more = MORE_STEPS if form.text("do") == "more" else 0
    return range(
        1,
        min(max([FEW_STEPS, *(number + 1 for number in numbers if form.text(f"step_{number}"))]) + more, MAX_STEPS) + 1,
    )


def _flat(node: Node) -> list[Step]:
    return [node] if isinstance(node, Step) else [step for below in node.steps for step in _flat(below)]


def _render(
    services: Services,
    context: PageContext,
    form: FormState,
    pathway: Pathway | None = None,
    holder_progress: HolderProgress | None = None,
    email: str = "",
    after: str | None = None,
) -> Reply:
    """Render the form, the progress of the holder with the address ``email``, and who completed the pathway."""
    found = sorted(
        services.issuer_context.issuer_store.achievements(context.tenant), key=lambda one: one.name.casefold()
    )
    options = [(one.id, one.name + (" (archived)" if one.archived else "")) for one in found]
    nested = pathway is not None and any(isinstance(step, Group) for step in pathway.root.steps)
    return layout.show(
        context,
        "pathway.html",
        status=form.status,
        form=form,
        pathway=pathway,
        steps=_flat(pathway.root) if pathway else (),
        nested=nested,
        rows=len(_rows(form)),
        max_steps=MAX_STEPS,
        options=(("", "None"), *options),
        rules=RULES,
        holder_progress=holder_progress,
        email=email,
        step_labels=STEP_LABELS,
        states=_states(holder_progress) if holder_progress else {},
        completed=completed(services, context, pathway.id, after) if pathway else None,
    )


def _states(holder_progress: HolderProgress) -> dict[str, StatusLabel]:
    """Return the state of each step for a holder, by achievement id."""
    labels: dict[str, StatusLabel] = {}
    pending = [holder_progress.progress.root]
    while pending:
        seen = pending.pop()
        pending.extend(seen.steps)
        if isinstance(seen.node, Step):
            labels[seen.node.achievement_id] = STEP_LABELS[seen.state]
    return labels
