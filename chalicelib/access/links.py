"""One-time links: whoever reads a mailbox may sign in with its address, in the browser that asked.

A link alone opens nothing: mail scanners open links, mails get forwarded, and a mailbox may be open on another
machine. It takes the link, the cookie of the browser that asked, and a press of a button; and it works once.
"""

from __future__ import annotations

import hmac
import re
from datetime import timedelta

from chalicelib.access import address, limits, paths, secret
from chalicelib.access.gate import Gate
from chalicelib.access.limits import Limit
from chalicelib.access.nouns import Link
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


def ask(gate: Gate, email: str, following: str, caller: str, browser: str | None) -> str:
    """Send a link to an address, and say what the asking browser has to bring along with it.

    Any address gets one, known or not, and at any limit of one address the answer is the same, so that nobody learns
    who has been here. ``browser`` is what this browser was told before: links that are still on their way stay good.

    Raises `Refused` (`bad_email`), `TooMany` for the network ``caller`` or the deployment, `Unavailable`.
    """
    to = address.normal(email)
    limits.insist(gate, NETWORK, limits.network(caller))
    limits.insist(gate, ALL, "")
    mine = browser if browser is not None and _SECRET.fullmatch(browser) else secret.fresh(gate.entropy)
    hidden = secret.fresh(gate.entropy)
    here = f"{to} {limits.network(caller)}"
    if limits.within(gate, ADDRESS_FROM, here) and limits.within(gate, ADDRESS, to):
        link = Link(secret.digest(hidden), secret.digest(mine), to, paths.local(following), gate.now() + LIFE)
        gate.passes.add_link(link)
        gate.post().send_sign_in(to, f"{gate.base_url}/sign-in/{hidden}", int(LIFE.total_seconds()) // 60)
    return mine


def look(gate: Gate, hidden: str, caller: str, browser: str | None) -> Link:
    """The link, if it is good here; that uses nothing up.

    Raises `NotFound` when it was used, is too old or was never made; `Refused` (`other_browser`); `TooMany`.
    """
    found = gate.passes.link(secret.digest(hidden)) if _SECRET.fullmatch(hidden) else None
    if found is None or gate.now() >= found.expires:
        limits.insist(gate, GUESSES, limits.network(caller))
        raise NotFound("no such link")
    if browser is None or not hmac.compare_digest(found.browser, secret.digest(browser)):
        raise Refused(
            "This link works only in the browser in which it was asked for. Open it there, or ask for a new one here.",
            code="other_browser",
        )
    return found


def redeem(gate: Gate, hidden: str, caller: str, browser: str | None) -> Link:
    """Use the link up, for exactly one of all who try; what it says is then proven. Raises as `look` does."""
    found = look(gate, hidden, caller, browser)
    if not gate.passes.take_link(found):
        raise NotFound("used a moment ago")
    return found
