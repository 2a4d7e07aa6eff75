"""A holder's actions through the link in an email, without an account.

A link allows nothing that an issuer cannot undo, and changes only what it opens (`access`). Viewing changes
nothing, except that the email is recorded as opened.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.analytics.event import Kind as Happening
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import delivery_status, links, mailbox, reminders
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder import home as holder_home
from chalicelib.delivery.holder import sharing
from chalicelib.delivery.holder.access import HolderAccess, enter, find
from chalicelib.delivery.holder.home import FIRST_PAGE, HolderCredential, HolderHome, PageQuery
from chalicelib.delivery.holder.sharing import SharePlatform
from chalicelib.delivery.links import Keeps, Purpose, keep_none
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.errors import NotFound, Refused
from chalicelib.language.languages import LANGUAGES
from chalicelib.language.translation import ENGLISH, Translation
from chalicelib.tasks.task_queue import Task


def view(delivery_context: DeliveryContext, token: str, query: PageQuery = FIRST_PAGE, *, person: bool) -> HolderHome:
    """The holder's page. ``person`` says whether the visitor appears to be a person and not an email scanner.

    Raises `NotFound` for an unknown link or an issuer that it does not open, `LinkExpired` for an expired link,
    `Malformed` (`bad_cursor`).
    """
    access = enter(delivery_context, token)
    link = access.link
    if person and link.credential_id is not None and link.issuer_id is not None:
        _opened(delivery_context, link.issuer_id, link.credential_id, access.mailbox)
    return holder_home.page(delivery_context.archive, delivery_context.base_url, access, query)


def share(
    delivery_context: DeliveryContext,
    token: str,
    credential_id: str,
    target: SharePlatform,
    language: Translation = ENGLISH,
) -> str:
    """The sharing URL at ``target``, filled in in ``language``; records the credential as shared.

    Raises `NotFound`, including for a credential that the link does not open, and `LinkExpired`.
    """
    credential = _own_credential(delivery_context, token, credential_id)
    at = delivery_context.now()
    delivery_context.mark_status(credential.record.issuer_id, credential.record.id, delivery_status.State.SHARED, at)
    delivery_context.record_event(
        Happening.SHARED, credential.record, at, once=delivery_context.entropy(16).hex(), target=target.value
    )
    return sharing.address(target, credential.shared, language)


def download(delivery_context: DeliveryContext, token: str, credential_id: str) -> HolderCredential:
    """The credential that the holder downloads for a wallet; records the download. Raises as `share`."""
    found = _own_credential(delivery_context, token, credential_id)
    delivery_context.record_event(
        Happening.DOWNLOAD, found.record, delivery_context.now(), once=delivery_context.entropy(16).hex()
    )
    return found


def choose_zone(delivery_context: DeliveryContext, token: str, zone: str) -> None:
    """Set the holder's timezone, for all issuers; empty means none.

    Raises `Refused` (`no_such_zone`), `NotFound`, `LinkExpired`, and `Forbidden` for a link to one issuer.
    """
    access = enter(delivery_context, token)
    access.check_everything()
    if zone and reminders.known(zone) is None:
        raise Refused("Unknown timezone.", code="no_such_zone")
    delivery_context.change_mailbox(access.mailbox.digest, lambda one: replace(one, zone=zone or None))


def choose_language(delivery_context: DeliveryContext, token: str, lang: str) -> None:
    """Set the language of the holder's emails, for all issuers; empty means the one that each issuer gives.

    Raises `Refused` (`bad_lang`), `NotFound`, `LinkExpired`, and `Forbidden` for a link to one issuer.
    """
    access = enter(delivery_context, token)
    access.check_everything()
    if lang and lang not in LANGUAGES:
        raise Refused(f"Choose one of {', '.join(LANGUAGES)}.", code="bad_lang")
    delivery_context.change_mailbox(access.mailbox.digest, lambda one: replace(one, lang=lang or None))


def choose_emails(delivery_context: DeliveryContext, token: str, issuer_id: str, wanted: str) -> None:
    """Set which emails of an issuer to receive: `all`, `new` or `none`.

    Raises `Refused`, `NotFound`, `LinkExpired`, and `Forbidden` for more emails than before with an issuer's own link.
    """
    access = enter(delivery_context, token)
    access.check_issuer(issuer_id)
    if not delivery_context.archive.holdings(issuer_id, access.email, None, 1):
        raise NotFound("You have no credentials from that issuer.")

    def choose(one: Mailbox) -> Mailbox:
        after = mailbox.choose(one, issuer_id, wanted)
        if wanted not in mailbox.choices_with_fewer_emails(one, issuer_id):
            access.check_requested()
        return after

    delivery_context.change_mailbox(access.mailbox.digest, choose)


def delete_settings(delivery_context: DeliveryContext, token: str, keeps: Keeps = keep_none) -> None:
    """Delete the holder's settings and links, except those that ``keeps`` names, and stop all emails.

    Credentials and their recipients stay, because they belong to the issuers.
    Raises `NotFound`, `LinkExpired`, and `Forbidden` for a link to one issuer.
    """
    access = enter(delivery_context, token)
    access.check_everything()
    now = delivery_context.now()
    delivery_context.change_mailbox(access.mailbox.digest, lambda one: mailbox.with_data_deleted(one, now))
    delivery_context.store.delete_links(links.mailbox_id_of(access.mailbox.digest), keeps)


def unsubscribe_issuer(delivery_context: DeliveryContext, token: str) -> Issuer:
    """The issuer that an unsubscribe link is for. Raises `NotFound`."""
    link = find(delivery_context, token, Purpose.UNSUBSCRIBE)
    return delivery_context.archive.issuer(link.issuer_id or "")


def is_unsubscribed(delivery_context: DeliveryContext, token: str) -> bool:
    """Whether the holder has already unsubscribed from the issuer of an unsubscribe link. Raises `NotFound`."""
    link = find(delivery_context, token, Purpose.UNSUBSCRIBE)
    return link.issuer_id in delivery_context.mailbox(link.email).unsubscribed


def unsubscribe(delivery_context: DeliveryContext, token: str) -> Issuer:
    """Unsubscribe from an issuer's emails. Idempotent. Raises `NotFound`."""
    link = find(delivery_context, token, Purpose.UNSUBSCRIBE)
    issuer = delivery_context.archive.issuer(link.issuer_id or "")
    delivery_context.change_mailbox(mailbox.digest(link.email), lambda one: mailbox.unsubscribed(one, issuer.id))
    return issuer


def _opened(delivery_context: DeliveryContext, issuer_id: str, credential_id: str, stored_mailbox: Mailbox) -> None:
    try:
        record = delivery_context.archive.record(credential_id)
        zone = stored_mailbox.zone or delivery_context.archive.recipient(credential_id).zone
    except NotFound:
        return
    delivery = delivery_context.mark_status(
        issuer_id, credential_id, delivery_status.State.OPENED, delivery_context.now()
    )
    at = delivery.opened_at or delivery_context.now()
    # Each view records the same event and task, so that the next view repairs what a crash left out.
    delivery_context.record_event(Happening.OPENED, record, at, once="first")
    if delivery.shared_at is None and Kind.UNSHARED not in delivery.emails:
        due = reminders.unshared_due(at, zone)
        delivery_context.tasks.add([Task(Kind.UNSHARED.value, issuer_id, credential_id, due)])


def _own_credential(delivery_context: DeliveryContext, token: str, credential_id: str) -> HolderCredential:
    access: HolderAccess = enter(delivery_context, token)
    return holder_home.own_credential(delivery_context.archive, delivery_context.base_url, access, credential_id)
