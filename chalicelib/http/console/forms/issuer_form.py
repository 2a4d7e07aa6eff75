"""The issuer profile form, used to create an issuer and in its settings."""

from __future__ import annotations

from chalicelib.award.images import formats
from chalicelib.award.input import colours, embed_sites, fonts
from chalicelib.award.input.text_rules import (
    check_email,
    check_name,
    check_text,
    check_url,
    with_https,
)
from chalicelib.award.issuers.issuer_actions import MAX_FOOTER, NewIssuer
from chalicelib.credential.issuer import Issuer
from chalicelib.embed.artefacts import template
from chalicelib.http.console.forms import uploaded_image
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.core.ports import Services

_OPTIONAL = ("email", "accent", "embed_sites", "font", "footer", "certificate_template", "directory")
KEPT = "kept_logo"
"""The field that names the stored logo, the current one or one that was just uploaded."""
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
    """Return the website in ``form``."""
    return with_https(form.text("url"))


def logo(form: FormState, base_url: str) -> str | None:
    """Return the address of the logo in ``form``, None without one. A URL replaces an uploaded logo."""
    kept = None if form.text("remove_logo") else uploaded_image.name(form, KEPT)
    return form.or_none("image") or (f"{base_url}/images/{kept}" if kept else None)


def new(form: FormState, issuer_id: str) -> NewIssuer:
    """Build the new issuer from ``form``."""
    return NewIssuer(
        id=issuer_id,
        name=form.text("name"),
        url=website(form),
        description=form.text("description"),
        email=form.or_none("email"),
    )


def changes(form: FormState, base_url: str) -> dict[str, str | None]:
    """Return the profile fields of an existing issuer as ``form`` sets them."""
    value: dict[str, str | None] = {name: form.text(name) for name in ("name", "description")}
    optional = {name: form.or_none(name) for name in _OPTIONAL}
    return {**value, **optional, "url": website(form), "image": logo(form, base_url)}


def form_from_issuer(issuer: Issuer, base_url: str) -> FormState:
    """Fill the form with the current values of ``issuer``. An uploaded logo is shown as an image, not as its URL."""
    names = ("name", "url", "description", *_OPTIONAL)
    values = {name: getattr(issuer, name) or "" for name in names}
    form = FormState({**values, "version": str(issuer.profile_version)})
    place, _, file_name = (issuer.image or "").rpartition("/")
    uploaded = form.with_value(KEPT, file_name if place == f"{base_url}/images" else "")
    return uploaded if uploaded_image.name(uploaded, KEPT) else form.with_value("image", issuer.image or "")


def with_stored_logo(services: Services, issuer_id: str, form: FormState) -> FormState:
    """Store the logo file of ``form``, which replaces the URL and the removal of the current logo."""
    found = uploaded_image.keep(services, issuer_id, form, "logo", KEPT)
    return found.with_value("image", "").with_value("remove_logo", "") if form.file and not found.file else found


def check_stored_logo(services: Services, form: FormState) -> None:
    """Check that the stored logo which ``form`` names exists."""
    file_name = uploaded_image.name(form, KEPT)
    if file_name and not form.text("remove_logo"):
        with form.record_refusal("logo"):
            uploaded_image.load(services, file_name)
