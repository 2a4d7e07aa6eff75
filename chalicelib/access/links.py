"""One-time links: whoever reads a mailbox may sign in with its address, in the browser that asked.

A link alone opens nothing: mail scanners open links, mails get forwarded, and a mailbox may be open on another
machine. It takes the link, the cookie of the browser that asked, and a press of a button; and it works once.
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

LIFE = timedelta(minutes=15)
"""Mail takes a minute, a walk to the phone another few; a link in an old mail opens nothing."""

_HOUR = timedelta(hours=1)
ADDRESS_FROM = Limit("address-from", 5, _HOUR)
"""Mails to one address, asked for from one network: enough for somebody who keeps asking."""
ADDRESS = Limit("address", 10, _HOUR)
"""Mails to one address in all: too few to fill a stranger's mailbox. It is more than one network's share, so that
nobody keeps somebody else out by asking in their name from one place."""
NETWORK = Limit("network", 30, _HOUR)
"""Asked for from one network: an office behind one address, in the morning."""
ALL = Limit("all", 3000, _HOUR)
"""Of a deployment: what many callers together can make it send."""
GUESSES = Limit("guess", 30, timedelta(minutes=15))
"""Links that are none, from one network. At 256 bits no guess will ever meet; this keeps it from costing much."""

_SECRET = re.compile(r"[a-z2-7]{52}", re.ASCII)


def ask(access_context: AccessContext, email: str, following: str, caller: str, browser: str | None) -> str:
    """Send a link to an address, and say what the asking browser has to bring along with it.

    Any address gets one, known or not, and at any limit of one address the answer is the same, so that nobody learns
    who has been here. ``browser`` is what this browser was told before: links that are still on their way stay good.

    Raises `Refused` (`bad_email`), `TooMany` for the network ``caller`` or the deployment, `Unavailable`.
    """
    to = email_address.normal(email)
    rate_limits.insist(access_context, NETWORK, rate_limits.network(caller))
    rate_limits.insist(access_context, ALL, "")
    mine = browser if browser is not None and _SECRET.fullmatch(browser) else secrets.fresh(access_context.entropy)
    hidden = secrets.fresh(access_context.entropy)
    here = f"{to} {rate_limits.network(caller)}"
    if rate_limits.within(access_context, ADDRESS_FROM, here) and rate_limits.within(access_context, ADDRESS, to):
        link = Link(
            secrets.digest(hidden), secrets.digest(mine), to, return_paths.local(following), access_context.now() + LIFE
        )
        access_context.session_store.add_link(link)
        access_context.mailer().send_sign_in(
            to, f"{access_context.base_url}/sign-in/{hidden}", int(LIFE.total_seconds()) // 60
        )
    return mine


def look(access_context: AccessContext, hidden: str, caller: str, browser: str | None) -> Link:
    """The link, if it is good here; that uses nothing up.

    Raises `NotFound` when it was used, is too old or was never made; `Refused` (`other_browser`); `TooMany`.
    """
    found = access_context.session_store.link(secrets.digest(hidden)) if _SECRET.fullmatch(hidden) else None
    if found is None or access_context.now() >= found.expires:
        rate_limits.insist(access_context, GUESSES, rate_limits.network(caller))
        raise NotFound("no such link")
    if browser is None or not hmac.compare_digest(found.browser, secrets.digest(browser)):
        raise Refused(
            "This link only works in the browser that requested it. Open it there, or request a new link here.",
            code="other_browser",
        )
    return found


def redeem(access_context: AccessContext, hidden: str, caller: str, browser: str | None) -> Link:
    """Use the link up, for exactly one of all who try; what it says is then proven. Raises as `look` does."""
    found = look(access_context, hidden, caller, browser)
    if not access_context.session_store.take_link(found):
        raise NotFound("used a moment ago")
    return found
