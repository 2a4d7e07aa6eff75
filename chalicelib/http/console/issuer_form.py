"""The issuer profile form, used to create an issuer and in its settings."""

from __future__ import annotations

from chalicelib.award.images import formats
from chalicelib.award.input import colours, embed_sites, fonts
from chalicelib.award.input.text_rules import (
    check_email,
    check_name,
    check_text,
    check_url,
)
from chalicelib.award.issuers.issuer_actions import MAX_FOOTER, NewIssuer
from chalicelib.credential.issuer import Issuer
from chalicelib.embed.artefacts import template
from chalicelib.http.console.form_state import FormState

_OPTIONAL = ("email", "image", "accent", "embed_sites", "font", "footer", "certificate_template")
FONT_OPTIONS = (("", "The system’s font"), *fonts.FONTS.items())


def check(form: FormState) -> None:
    """Validate every field, and record all errors so that they can be fixed in one go."""
    form.check("name", lambda value: check_name("name", value, 200))
    with form.record_refusal("url"):
        check_url("website", website(form))
    form.check("description", lambda value: check_text("description", value, 2000))
    if form.or_none("email"):
        form.check("email", lambda value: check_email("email address", value))
    if form.or_none("image"):
        form.check("image", lambda value: check_url("logo URL", value))
    if form.file:
        with form.record_refusal("logo"):
            formats.check(form.file)
    if form.or_none("accent"):
        form.check("accent", colours.check)
    form.check("embed_sites", embed_sites.check)
    if form.or_none("certificate_template"):
        form.check("certificate_template", template.check)
    if form.or_none("font"):
        form.check("font", fonts.check)
    if form.or_none("footer"):
        form.check("footer", lambda value: check_text("footer", value, MAX_FOOTER))


def website(form: FormState) -> str:
    """Return the website in ``form``. People type `fernhill.example`, so a missing scheme is taken as https."""
    typed = form.text("url")
    return typed if not typed or ":" in typed.partition("/")[0] else f"https://{typed}"


def new(form: FormState, issuer_id: str) -> NewIssuer:
    """Build the new issuer from ``form``."""
    return NewIssuer(
        id=issuer_id,
        name=form.text("name"),
        url=website(form),
        description=form.text("description"),
        email=form.or_none("email"),
    )


def changes(form: FormState) -> dict[str, str | None]:
    """Return the profile fields of an existing issuer as ``form`` sets them."""
    value: dict[str, str | None] = {name: form.text(name) for name in ("name", "description")}
    return {**value, "url": website(form)} | {name: form.or_none(name) for name in _OPTIONAL}


def of(issuer: Issuer) -> FormState:
    """Fill the form with the current values of ``issuer``."""
    names = ("name", "url", "description", *_OPTIONAL)
    values = {name: getattr(issuer, name) or "" for name in names}
    return FormState({**values, "version": str(issuer.profile_version)})
