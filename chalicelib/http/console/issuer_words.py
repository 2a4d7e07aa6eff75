"""What an issuer says of itself, as a form has it: when it is founded and in its settings."""

from __future__ import annotations

from chalicelib.award.issuers import NewIssuer
from chalicelib.award.text import check_email, check_text, check_url
from chalicelib.credential.issuer import Issuer
from chalicelib.http.console.filled import Filled


def check(form: Filled) -> None:
    """Note every fault of the fields, so that all of them are mended in one go."""
    form.check("name", lambda said: check_text("name", said, 200))
    form.check("url", lambda said: check_url("website", said))
    form.check("description", lambda said: check_text("description", said, 2000))
    if form.or_none("email"):
        form.check("email", lambda said: check_email("e-mail address", said))


def new(form: Filled, issuer_id: str) -> NewIssuer:
    """The issuer that ``form`` describes."""
    return NewIssuer(
        id=issuer_id,
        name=form.said("name"),
        url=form.said("url"),
        description=form.said("description"),
        email=form.or_none("email"),
    )


def changes(form: Filled) -> dict[str, str | None]:
    """What ``form`` makes of an issuer that is there."""
    return {**{name: form.said(name) for name in ("name", "url", "description")}, "email": form.or_none("email")}


def of(issuer: Issuer) -> Filled:
    """The form filled with what ``issuer`` says now."""
    return Filled(
        {"name": issuer.name, "url": issuer.url, "description": issuer.description, "email": issuer.email or ""}
    )
