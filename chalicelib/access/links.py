"""One-time sign-in links: a person who can read a mailbox signs in with its address, in the browser that requested the
link.

A link alone is not enough, because mail scanners open links, emails are forwarded, and a mailbox may be open on another
machine. Signing in takes the link, the cookie of the requesting browser and the press of a button, and works once.
"""

from __future__ import annotations

import hmac
import re
from datetime import timedelta

from chalicelib.access import (
    email_address,
    rate_limits,
    return_paths,
    secrets,
)
from chalicelib.access.access_context import AccessContext
from chalicelib.access.models import Link
from chalicelib.access.rate_limits import Limit
from chalicelib.errors import NotFound, Refused

LIFETIME = timedelta(minutes=15)
"""How long a link is valid: time to receive the email and open it on the right device."""

_HOUR = timedelta(hours=1)
PER_ADDRESS_AND_NETWORK = Limit("address-from", 5, _HOUR)
"""Emails to one address that one network may request: enough for a person who keeps trying."""
PER_ADDRESS = Limit("address", 10, _HOUR)
"""Emails to one address in total: too few to flood a mailbox. More than `PER_ADDRESS_AND_NETWORK`, so that requests
from one network cannot lock the owner of the address out."""
PER_NETWORK = Limit("network", 30, _HOUR)
"""Requests from one network: enough for an office behind one address in the morning."""
PER_DEPLOYMENT = Limit("all", 3000, _HOUR)
"""Requests to a deployment: bounds what many callers together can make it send."""
UNKNOWN_LINKS = Limit("guess", 30, timedelta(minutes=15))
"""Unknown links from one network. A link has 256 bits and cannot be guessed; this bounds the cost of trying."""

_SECRET = re.compile(r"[a-z2-7]{52}", re.ASCII)


def request(access_context: AccessContext, email: str, return_path: str, caller: str, browser: str | None) -> str:
    """Send a sign-in link to an address and return the cookie value that the requesting browser must present with it.

    Known and unknown addresses get the same response, also when the limit of an address is reached, so that the
    response does not reveal who has an account. ``browser`` is the browser's current cookie value; it is kept, so that
    links sent earlier remain valid.

    Raises `Refused` (`bad_email`), `TooMany` for the network ``caller`` or the deployment, `Unavailable`.
    """
    to = email_address.normalize(email)
    rate_limits.enforce(access_context, PER_NETWORK, rate_limits.network(caller))
    rate_limits.enforce(access_context, PER_DEPLOYMENT, "")
    browser_secret = (
        browser if browser is not None and _SECRET.fullmatch(browser) else secrets.new_secret(access_context.entropy)
    )
    secret = secrets.new_secret(access_context.entropy)
    address_and_network = f"{to} {rate_limits.network(caller)}"
    if rate_limits.within(access_context, PER_ADDRESS_AND_NETWORK, address_and_network) and rate_limits.within(
        access_context, PER_ADDRESS, to
    ):
        link = Link(
            secrets.digest(secret),
            secrets.digest(browser_secret),
            to,
            return_paths.local(return_path),
            access_context.now() + LIFETIME,
        )
        access_context.session_store.add_link(link)
        access_context.mailer().send_sign_in(
            to, f"{access_context.base_url}/sign-in/{secret}", int(LIFETIME.total_seconds()) // 60
        )
    return browser_secret


def inspect(access_context: AccessContext, secret: str, caller: str, browser: str | None) -> Link:
    """Return the link, if it is valid in this browser, without using it.

    Raises `NotFound` when it was used, has expired or never existed; `Refused` (`other_browser`); `TooMany`.
    """
    found = access_context.session_store.link(secrets.digest(secret)) if _SECRET.fullmatch(secret) else None
    if found is None or access_context.now() >= found.expires:
        rate_limits.enforce(access_context, UNKNOWN_LINKS, rate_limits.network(caller))
        raise NotFound("no such link")
    if browser is None or not hmac.compare_digest(found.browser, secrets.digest(browser)):
        raise Refused(
            "This link only works in the browser that requested it. Open it there, or request a new link here.",
            code="other_browser",
        )
    return found


def redeem(access_context: AccessContext, secret: str, caller: str, browser: str | None) -> Link:
    """Use the link; at most one of several concurrent calls succeeds. Its email address is then verified. Raises as
    `inspect` does."""
    found = inspect(access_context, secret, caller, browser)
    if not access_context.session_store.take_link(found):
        raise NotFound("link already used")
    return found
