"""Create and update issuers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.award.input import colours, embed_sites, fonts
from chalicelib.award.input.text_rules import (
    check_email,
    check_name,
    check_text,
    check_url,
)
from chalicelib.award.issuer_context import MAX_ATTEMPTS, IssuerContext
from chalicelib.award.issuers import names
from chalicelib.award.issuing import status_lists
from chalicelib.award.keys import new_key
from chalicelib.credential import did, lookalike
from chalicelib.credential.issuer import DIRECTORY_ON, Issuer
from chalicelib.credential.public_id import ISSUER_ID
from chalicelib.embed.artefacts import template
from chalicelib.errors import Conflict, NotFound, Refused

MAX_FOOTER = 500
"""Maximum characters: a short paragraph."""
_TAKEN_BY_US = ("new",)
"""Reserved ids: `/console/new` is the page that creates an issuer, beside `/console/{issuer}`."""


class Method(StrEnum):
    """The identifier of an issuer in credentials: a did:web on this host, or its only key (did:key)."""

    WEB = "web"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class NewIssuer:
    """The profile of a new issuer. ``id`` is its short name in URLs."""

    id: str
    name: str
    url: str
    description: str
    email: str | None = None
    image: str | None = None
    accent: str | None = None
    embed_sites: str | None = None
    certificate_template: str | None = None
    font: str | None = None
    footer: str | None = None
    directory: str | None = None


def create(
    issuer_context: IssuerContext,
    new: NewIssuer,
    method: Method = Method.WEB,
    *,
    owner: str | None = None,
    creator: tuple[str, ...] = (),
    registered: bool = False,
) -> Issuer:
    """Create an issuer with its first two status lists, in one transaction.

    It signs with the shared key and gets a key of its own when it first issues and is vouched for (`own_key`), so
    creating issuers costs nothing. A did:key issuer is its key, so it gets one at once; only operators create those.

    ``owner`` is the email address, normalized by `access.email_address.normalize`, of the first member, who is stored
    in the same transaction so that no one else can claim the issuer. ``creator`` is the value of `creator.creator_ids`
    for anyone but an operator. ``registered`` means that the operators of this deployment vouch for the name; a
    self-service issuer is identified by its verified domains (`domain_proof`), if any.

    Raises `Refused` when a text or URL is not acceptable, when the name looks like that of a registered issuer
    (`name_reserved`), or for a did:key issuer that is not registered; `Conflict` (`issuer_exists`) when the id is
    taken. A key created just before a failure stays unused in the key service, where `cleanup` finds it.
    """
    _check(new)
    if method is Method.KEY and not registered:
        raise Refused("Only operators can create an issuer with a did:key.", code="bad_method")
    _refuse_existing(issuer_context, new.id)
    if not registered:
        names.check(issuer_context, new.id, new.name)
    now = issuer_context.now()
    issuer = replace(_issuer(issuer_context, new, method, registered, now), creator=creator)
    issuer, pair = status_lists.open_pair(issuer_context, issuer, now)
    # The name is reserved in the same transaction, so that an attempt that fails reserves nothing.
    reserved = lookalike.digests(new.name) if registered else ()
    try:
        issuer_context.issuer_store.add_issuer(issuer, pair, owner, reserved)
    except Conflict as error:
        raise _exists(new.id) from error
    return issuer


def _issuer(issuer_context: IssuerContext, new: NewIssuer, method: Method, registered: bool, now: datetime) -> Issuer:
    """The issuer with its first key, without status lists."""
    is_web = method is Method.WEB
    key = new_key.use_shared_key(issuer_context, now) if is_web else new_key.only_ed25519(issuer_context, new.id, now)
    return Issuer(
        id=new.id,
        did=did.issuer_did(issuer_context.base_url, new.id) if is_web else f"did:key:{key.multibase}",
        name=new.name,
        url=new.url,
        description=new.description,
        keys=(key,),
        revocation_list="",
        suspension_list="",
        email=new.email,
        image=new.image,
        accent=new.accent,
        embed_sites=new.embed_sites,
        certificate_template=new.certificate_template,
        font=new.font,
        footer=new.footer,
        directory=new.directory,
        registered_as=new.name if registered else None,
    )


def update_profile(
    issuer_context: IssuerContext,
    issuer_id: str,
    changes: Mapping[str, str | None],
    version: int | None = None,
    *,
    by_operator: bool = False,
) -> Issuer:
    """Update the issuer's profile: any of `name`, `url`, `description`, `email`, `image`, `accent`,
    `embed_sites`, `font`, `footer`, `certificate_template`, `directory`.

    Issued credentials keep what they were signed with. ``version`` is the `profile_version` that the caller saw; None,
    from an operator's command line, changes whatever is stored. Repeating the same change is harmless. ``by_operator``
    means that an operator of the deployment makes the change: only an operator can change a registered name. The new
    one is then registered, and credentials under the old one stay known.

    Raises `NotFound`, `Refused` (`name_change_needs_operator`; also as `create` does), `Conflict`
    (`version_conflict` when someone else has changed the profile since; `busy` when concurrent changes to the issuer
    keep winning).
    """
    for _ in range(MAX_ATTEMPTS):
        issuer = issuer_context.issuer_store.issuer(issuer_id)
        if version is not None and version != issuer.profile_version:
            if version == issuer.profile_version - 1 and _has_profile(issuer, changes):
                return issuer
            raise _changed(issuer)
        _check_words(replace(_profile(issuer), **changes))  # type: ignore[arg-type] # null for a required text is refused
        versions = {"version": issuer.version + 1, "profile_version": issuer.profile_version + 1}
        reworded = replace(issuer, **versions, **changes)  # type: ignore[arg-type] # checked above
        check_name_change(issuer, reworded.name, by_operator=by_operator)
        reserved: Sequence[str] = ()
        if by_operator and issuer.registered_as == issuer.name:
            reworded, reserved = reworded.register(reworded.name), lookalike.digests(reworded.name)
        elif reworded.name != issuer.name:
            names.check(issuer_context, issuer_id, reworded.name)
        try:
            issuer_context.issuer_store.replace_issuer(reworded, names=reserved)
        except Conflict:
            continue
        return reworded
    raise Conflict("Someone else is changing this issuer. Try again.", code="busy")


def _has_profile(issuer: Issuer, changes: Mapping[str, str | None]) -> bool:
    return all(getattr(issuer, name) == value for name, value in changes.items())


def _changed(issuer: Issuer) -> Conflict:
    return Conflict(
        f"Someone else changed this profile; its version is now {issuer.profile_version}. Reload it before you change "
        "it.",
        code="version_conflict",
    )


def _profile(issuer: Issuer) -> NewIssuer:
    return NewIssuer(**{field.name: getattr(issuer, field.name) for field in fields(NewIssuer)})


def check_name_change(issuer: Issuer, name: str, *, by_operator: bool) -> None:
    """Check whether ``issuer`` may take ``name``. Raises `Refused` (`name_change_needs_operator`) if it is registered.

    Check 8 vouches for a registered name, and pages, emails and quotas treat its issuer as known.
    """
    if by_operator or issuer.registered_as is None or name in (issuer.name, issuer.registered_as):
        return
    raise Refused(
        f"The operator of this service has registered the name {issuer.registered_as!r}. "
        "Contact the operator to change it. You can change the rest of the profile.",
        code="name_change_needs_operator",
    )


def register(issuer_context: IssuerContext, issuer_id: str, name: str) -> Issuer:
    """Vouch for ``name``, the issuer's current name, as an operator of the deployment.

    Raises `NotFound`, `Conflict`, and `Refused` (`name_changed`) when the issuer has another name: until it is
    registered it can change its name, even while an operator is deciding.
    """
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    if issuer.name != name:
        raise Refused(f"{issuer_id} now calls itself {issuer.name!r}. Check it again.", code="name_changed")
    registered = replace(issuer.register(issuer.name), version=issuer.version + 1)
    issuer_context.issuer_store.replace_issuer(registered, names=lookalike.digests(issuer.name))
    return registered


def _refuse_existing(issuer_context: IssuerContext, issuer_id: str) -> None:
    # add_issuer makes the final check; checking first avoids creating an unused key.
    try:
        issuer_context.issuer_store.issuer(issuer_id)
    except NotFound:
        return
    raise _exists(issuer_id)


def _exists(issuer_id: str) -> Conflict:
    return Conflict(f"The issuer {issuer_id!r} already exists.", code="issuer_exists")


def check_id(issuer_id: str) -> None:
    """Validate an issuer id. Raises `Refused` (`bad_issuer_id`)."""
    if not ISSUER_ID.fullmatch(issuer_id):
        raise Refused(
            f"{issuer_id[:80]!r} is not a valid issuer id. Use 1 to 64 characters of a-z, 0-9 and hyphen.",
            code="bad_issuer_id",
        )
    if issuer_id in _TAKEN_BY_US:
        raise Refused(f"{issuer_id!r} is reserved. Choose another id.", code="bad_issuer_id")


def _check(new: NewIssuer) -> None:
    check_id(new.id)
    _check_words(new)


def _check_words(new: NewIssuer) -> None:
    check_name("name", new.name or "", 200)
    check_text("description", new.description or "", 2000)
    check_url("url", new.url or "")
    if new.email is not None:
        check_email("email address", new.email)
    if new.image is not None:
        check_url("image", new.image)
    if new.accent is not None:
        colours.check(new.accent)
    if new.embed_sites is not None:
        embed_sites.check(new.embed_sites)
    if new.certificate_template is not None:
        template.check(new.certificate_template)
    if new.font is not None:
        fonts.check(new.font)
    if new.footer is not None:
        check_text("footer", new.footer, MAX_FOOTER)
    if new.directory not in (None, DIRECTORY_ON):
        raise Refused(f"The directory must be {DIRECTORY_ON!r} or null.", code="bad_directory")
