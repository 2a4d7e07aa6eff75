"""A link for a holder who has no email from Laurel, requested on the public page of one of their credentials.

The requester has proven nothing. So the response is the same for every address, the link is sent only to the address
that the credential was issued to, and requests count against the budgets for sign-in emails of strangers and for
holders whose link opens nothing.
"""

from __future__ import annotations

from contextlib import suppress

from chalicelib.access import email_address
from chalicelib.access.access_context import AccessContext
from chalicelib.access.sign_in import links
from chalicelib.credential.record import Record
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.holder import link_requests
from chalicelib.errors import Refused, TakenDown, TooMany, Unavailable
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase


def require(delivery_context: DeliveryContext, credential_id: str) -> Record:
    """The record of a credential with a public page. Raises `NotFound`, `TakenDown`."""
    record = delivery_context.archive.record(credential_id)
    if record.taken_down is not None:
        raise TakenDown(phrase("The operator of this service has already taken down the page of this credential."))
    return record


def request(
    delivery_context: DeliveryContext,
    access_context: AccessContext,
    credential_id: str,
    email: str,
    caller: str,
    language: str = DEFAULT,
) -> None:
    """Send a link to all of the holder's credentials to ``email``, if the credential was issued to that address.

    Sends nothing over a limit, to an address that bounces, or while email is unavailable; the caller cannot tell.
    Raises `Refused` (`bad_email`), `NotFound`, `TakenDown`, `Unavailable`.
    """
    to = email_address.normalize(email)
    record = require(delivery_context, credential_id)
    is_recipient = delivery_context.archive.recipient(credential_id).email == to
    was_emailed = bool(delivery_context.store.delivery(record.issuer_id, credential_id).emails)
    # An address that an issuer made up and Laurel never emailed costs as much as one that a stranger made up.
    is_new = is_recipient and not was_emailed
    if links.within_budgets(access_context, to, caller, is_member=False, is_new=is_new) and is_recipient:
        with suppress(Refused, TooMany, Unavailable):
            link_requests.send_link_to_recipient(delivery_context, to, language)
