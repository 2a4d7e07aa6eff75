"""View model of the holder home page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from chalicelib.credential.build import credential_url
from chalicelib.credential.record import Record, State
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.months import month_of
from chalicelib.delivery.emails.parts.text import line
from chalicelib.delivery.holder import sharing
from chalicelib.delivery.holder.home import HolderCredential, HolderHome, IssuerGroup
from chalicelib.delivery.holder.sharing import MAX_NAME, WORDS, SharePlatform
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.embed.artefacts.typesetting import can_be_drawn
from chalicelib.embed.wallets.wallet import Wallet, wallet_links
from chalicelib.http.html import request_language, text
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import translation


@dataclass(frozen=True, slots=True)
class Card:
    """A credential on the page."""

    id: str
    holder: str | None
    """The holder's name on the credential: an address may be shared, or a name may have changed."""
    name: str
    issuer: str
    vouched: bool
    """Whether the operators registered this name of the issuer. Otherwise it only uses the name."""
    url: str
    image: str | None
    image_alt: str
    issued_at: datetime
    """The date that the public page shows, unless it is in the future."""
    valid_until: datetime | None
    status: str | None
    """A sentence about the status if the credential is not valid; such a credential cannot be shared."""
    replaced_by: str | None
    """URL of its newest version."""
    reason: str | None
    """The issuer's reason for a revocation, suspension or correction."""
    certificate: bool
    """Whether there is a certificate to print: only for a credential that is valid now, and if there are fonts for it.
    """
    line: str
    email_url: str
    """Opens an email with the link to the public page."""
    shows_view_counts: bool
    """Whether its page shows how often it was viewed and verified."""
    passes: tuple[tuple[str, str], ...]
    """Text and URL of the link to each pass for a phone wallet."""


EMAIL_CHOICES = (
    ("all", "New credentials, status changes and reminders"),
    ("new", "New credentials and status changes"),
    ("none", "None"),
)
"""Value, as `mailbox.choose` takes it, and label of each email preference."""


@dataclass(frozen=True, slots=True)
class Group:
    """An issuer with some of its credentials, and the holder's email preference for it."""

    issuer_id: str
    issuer: str
    identified: bool
    """Whether someone vouches for the issuer. Its name comes from Laurel's record, and anyone can choose any name."""
    cards: tuple[Card, ...]
    older: str | None
    """Query of the page with the issuer's older credentials."""
    wanted: str
    """The holder's choice of its emails."""
    email_choices: tuple[tuple[str, str], ...]
    """The choices available with this link: with an issuer's own link, only fewer emails than before."""


@dataclass(frozen=True, slots=True)
class HolderPage:
    """Template context of the page."""

    email: str
    groups: tuple[Group, ...]
    opens_all_issuers: bool
    """Whether the link opens the credentials of all issuers."""
    more: str | None
    """Query of the page with more issuers."""
    zone: str | None
    lang: str | None
    """The language that the holder chose for their emails."""
    stopped_at: datetime | None
    """When the holder deleted their data, which stopped all emails about credentials."""
    contacts: tuple[tuple[str, str], ...]
    """Name and public email address of each issuer on the page that has one."""
    targets: tuple[tuple[str, str], ...]
    """Value and label of each share target other than the LinkedIn profile."""


def page_of(home: HolderHome, base_url: str, now: datetime, wallets: Sequence[Wallet] = ()) -> HolderPage:
    """Build the page for ``home``. ``wallets`` are those that passes are made for."""
    return HolderPage(
        email=home.email,
        groups=tuple(_group(group, home, base_url, now, wallets) for group in home.groups),
        opens_all_issuers=home.opens_all_issuers,
        more=urlencode({"after": home.next}) if home.next else None,
        zone=home.mailbox.zone,
        lang=home.mailbox.lang,
        stopped_at=home.mailbox.forgotten_at,
        contacts=tuple(_contacts(home)),
        targets=tuple(
            (target.value, words) for target, words in WORDS.items() if target is not SharePlatform.LINKEDIN_PROFILE
        ),
    )


def _contacts(home: HolderHome) -> Iterator[tuple[str, str]]:
    for group in home.groups:
        if group.issuer.email:
            yield line(group.issuer.name, MAX_NAME), group.issuer.email


def _group(group: IssuerGroup, home: HolderHome, base_url: str, now: datetime, wallets: Sequence[Wallet]) -> Group:
    records = {one.record.id: one.record for one in group.credentials}
    identified = group.issuer.identified(now)
    offered = wallets if identified else ()
    return Group(
        issuer_id=group.issuer.id,
        issuer=line(group.issuer.name, MAX_NAME),
        identified=identified,
        cards=tuple(_card(one, base_url, now, _newest(one.record, records), offered) for one in group.credentials),
        older=urlencode({"issuer": group.issuer.id, "before": group.next}) if group.next else None,
        wanted=mailbox.choice(home.mailbox, group.issuer.id),
        email_choices=EMAIL_CHOICES if home.requested else _narrower(home.mailbox, group.issuer.id),
    )


def _narrower(box: Mailbox, issuer_id: str) -> tuple[tuple[str, str], ...]:
    narrower = mailbox.choices_with_fewer_emails(box, issuer_id)
    return tuple(choice for choice in EMAIL_CHOICES if choice[0] in narrower)


def _newest(record: Record, records: Mapping[str, Record]) -> str | None:
    """The newest version of a replaced ``record`` among ``records``, the credentials of the page."""
    newest, seen = record.superseded_by, {record.id}
    while newest is not None and newest not in seen:
        seen.add(newest)
        following = records[newest].superseded_by if newest in records else None
        if following is None or following in seen:
            break
        newest = following
    return newest


def _card(
    holder_credential: HolderCredential,
    base_url: str,
    now: datetime,
    replaced_by: str | None,
    wallets: Sequence[Wallet],
) -> Card:
    shared = holder_credential.shared
    own = holder_credential.image if holder_credential.image.startswith(f"{base_url}/images/") else None
    return Card(
        id=holder_credential.record.id,
        holder=text.optional_text(holder_credential.record.holder_name),
        name=shared.name,
        issuer=shared.issuer,
        vouched=holder_credential.issuer.registered,
        url=shared.url,
        image=own,
        image_alt=holder_credential.image_alt,
        issued_at=min(shared.valid_from, holder_credential.record.issued_at),
        valid_until=shared.valid_until,
        status=_status(holder_credential.record, now),
        replaced_by=credential_url(base_url, replaced_by) if replaced_by else None,
        reason=text.optional_text(holder_credential.record.status.reason)
        if holder_credential.record.status.state is not State.ACTIVE
        else None,
        certificate=_has_certificate(holder_credential, now),
        shows_view_counts=holder_credential.record.shows_view_counts,
        passes=wallet_links(credential_url(base_url, holder_credential.record.id), wallets),
        email_url=sharing.email(shared, translation(request_language.current().code)),
        line=phrase(
            "{name}, {issuer}, {month}: {url}",
            name=shared.name,
            issuer=shared.issuer,
            month=month_of(shared.valid_from.astimezone(UTC)),
            url=shared.url,
        ),
    )


def _has_certificate(one: HolderCredential, now: datetime) -> bool:
    """Whether the certificate is probably available; known for certain only after verification."""
    if _status(one.record, now) is not None:
        return False
    return can_be_drawn(one.shared.name, one.record.holder_name, one.shared.issuer)


def _status(record: Record, now: datetime) -> str | None:
    if record.corrected:
        return "It was replaced by a corrected version."
    if record.status.state is State.REVOKED:
        return phrase("The issuer revoked it on {day}.", day=record.status.at)
    if record.status.state is State.SUSPENDED:
        return phrase("The issuer suspended it on {day} and may reinstate it.", day=record.status.at)
    if record.superseded_by is not None:
        return "It was replaced by a newer credential."
    if record.valid_until is not None and record.valid_until <= now:
        return phrase("It expired on {day}.", day=record.valid_until)
    return None
