"""One-time sign-in links: a person who can read a mailbox signs in with its address, in the browser that requested the
link.

A link alone is not enough, because mail scanners open links, emails are forwarded, and a mailbox may be open on another
machine. Signing in takes the link, the cookie of the requesting browser and the press of a button, and works once.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from chalicelib.access import email_address, rate_limits, secrets
from chalicelib.access.access_context import AccessContext
from chalicelib.access.models import Link
from chalicelib.access.rate_limits import Limit, NetworkLimit
from chalicelib.access.sign_in import known, return_paths
from chalicelib.credential.email_address import without_tag
from chalicelib.credential.public_suffix import registrable
from chalicelib.errors import NotFound, Refused
from chalicelib.language.languages import DEFAULT

LIFETIME = timedelta(minutes=15)
"""How long a link is valid: time to receive the email and open it on the right device."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
"""A budget that others have used up is renewed while a person still waits for the email."""

PER_NETWORK = NetworkLimit("network", 30, 60, 300, _HOUR)
"""Maximum requests by unknown visitors from one network: enough for a class of new users behind one address."""
PER_ADDRESS_FIRST = Limit("address-first", 2, QUARTER)
PER_ADDRESS = Limit("address", 1, QUARTER)
"""Maximum emails to one address requested by unknown visitors: twelve an hour with those above, too few to flood a
mailbox."""
PER_MEMBER_FIRST = Limit("member-first", 3, QUARTER)
"""Maximum emails to a known member on a network's first request of the day (`FIRST_OF_DAY`). They have a budget of
their own, so that a few networks that make requests all day cannot lock out a member on another network."""
PER_MEMBER = Limit("member", 3, QUARTER)
"""Maximum emails to a known member that unknown browsers may request otherwise: 24 an hour with those above."""
FIRST_OF_DAY = NetworkLimit("first", 1, 1, 3, _DAY)
PER_ADDRESS_AND_NETWORK = NetworkLimit("address-from", 2, 2, 6, QUARTER)
"""Maximum emails that one network may request for one address, known or unknown: one, plus one for a person who missed
it."""
PER_ADDRESS_AND_NETWORK_DAILY = NetworkLimit("address-from-daily", 6, 6, 60, _DAY)
"""More than a person who signs in from one network in new browsers needs; an attacker needs many networks. Ten times as
many for a provider, so that a few of its customers cannot lock out another one."""

NEW_PER_DAY = Limit("new", 1000, _DAY)
"""Maximum emails per day to addresses that have never signed in, most of which may be made up: two percent of the
50,000 emails a day that Amazon SES grants a new production account, which it reviews when 5% bounce."""
NEW_PER_DOMAIN = Limit("new-domain", 200, _DAY)
"""The same for one registered domain, so that made-up addresses at a few domains do not use up the emails for all other
domains: as many as all staff of an issuer (`members.MAX_MEMBERS`)."""
CAREFUL_PER_DAY = Limit("new-careful", 200, _DAY)
CAREFUL_PER_DOMAIN = Limit(NEW_PER_DOMAIN.name, 10, _DAY)
"""The same while too many sign-in emails bounce (`reputation`). A domain whose made-up addresses caused it has used up
its own, and newcomers of other domains still get emails."""

MEMBERS_PER_NETWORK = NetworkLimit("member-network", 120, 240, 1200, _HOUR)
"""Maximum requests for known members from one network, at most two for one address in a quarter of an hour: more than
all staff of an issuer (`members.MAX_MEMBERS`) need in the same hour, since most use known browsers."""

PER_KNOWN_BROWSER = Limit("known-browser", 5, _HOUR)
"""Maximum emails that a known browser may request: enough for a person who keeps trying."""
KNOWN_BROWSERS_PER_ADDRESS = Limit("known-browsers", 10, _HOUR)
"""Maximum emails that all known browsers of an address together may request. A mailbox thus gets at most 12 + 10
sign-in emails an hour, and that of a known member 24 + 10."""

UNKNOWN_LINKS = NetworkLimit("guess", 30, 60, 300, timedelta(minutes=15))
"""Maximum unknown links from one network. A link has 256 bits and cannot be guessed; this bounds the cost of trying."""


def request(
    access_context: AccessContext,
    email: str,
    return_path: str,
    caller: str,
    browser: str | None,
    known_browser: str | None = None,
    language: str = DEFAULT,
) -> str:
    """Send a sign-in link to an address and return the cookie value that the requesting browser must present with it.

    Known and unknown addresses get the same response, even when a budget is used up and no email is sent, so that the
    response does not reveal who has an account. ``browser`` is the browser's current cookie value; it is kept, so that
    links sent earlier remain valid. ``known_browser`` is its cookie of `known.remember`. The email is in ``language``.

    Raises `Refused` (`bad_email`), `Unavailable`; `TooMany` only to a browser known for this address.
    """
    to = email_address.normalize(email)
    browser_secret = (
        browser if browser is not None and secrets.is_secret(browser) else secrets.new_secret(access_context.entropy)
    )
    secret = secrets.new_secret(access_context.entropy)
    if _may_send(access_context, to, caller, known.browser_of(access_context, to, known_browser)):
        link = Link(
            secrets.digest(secret),
            secrets.digest(browser_secret),
            to,
            return_paths.local_path_or_default(return_path),
            access_context.now() + LIFETIME,
        )
        access_context.session_store.add_link(link)
        access_context.mailer().send_sign_in(
            to, f"{access_context.base_url}/sign-in/{secret}", int(LIFETIME.total_seconds()) // 60, language
        )
    return browser_secret


def _may_send(access_context: AccessContext, to: str, caller: str, browser_id: str | None) -> bool:
    """Count one more email against the budgets of the requester: a known browser, a known member or a stranger. The
    three have separate budgets."""
    if browser_id is not None:
        rate_limits.enforce(access_context, PER_KNOWN_BROWSER, f"{to} {browser_id}")
        rate_limits.enforce(access_context, KNOWN_BROWSERS_PER_ADDRESS, to)
        return True
    return within_budgets_of_address(access_context, to, caller)


def within_budgets_of_address(access_context: AccessContext, to: str, caller: str) -> bool:
    """Count one more email to an address that has not been proven, requested from the network of ``caller``; False if
    none may be sent. The response must be the same either way."""
    person = known.person(access_context, to)
    return within_budgets(access_context, to, caller, is_member=person.is_member, is_new=not person.has_signed_in)


def within_budgets(access_context: AccessContext, to: str, caller: str, *, is_member: bool, is_new: bool) -> bool:
    """Count one more email that an unauthenticated visitor requests for the (normalized) address ``to``.

    ``is_new`` means that it may be made up, because no email has reached it.
    """
    per_network = MEMBERS_PER_NETWORK if is_member else PER_NETWORK
    # A requester who repeats one address reaches its limits first, and does not use up those of the network's
    # neighbours.
    return (
        rate_limits.within_networks(access_context, PER_ADDRESS_AND_NETWORK, caller, to)
        and rate_limits.within_networks(access_context, PER_ADDRESS_AND_NETWORK_DAILY, caller, to)
        and rate_limits.within_networks(access_context, per_network, caller)
        and _within_address(access_context, to, caller, is_member=is_member)
        and _within_new(access_context, to, is_new=is_new)
    )


def _within_new(access_context: AccessContext, to: str, *, is_new: bool) -> bool:
    is_careful = access_context.mailer().too_many_bounce()
    per_domain, per_day = (CAREFUL_PER_DOMAIN, CAREFUL_PER_DAY) if is_careful else (NEW_PER_DOMAIN, NEW_PER_DAY)
    # A request of a person who has signed in is counted too, separately and without a limit, so that it takes equally
    # long.
    kind = "new" if is_new else "known"
    domain = registrable(to.rpartition("@")[2])
    # The domain first, so that one domain cannot use up what all share.
    return (rate_limits.within(access_context, per_domain, f"{kind} {domain}") or not is_new) and (
        rate_limits.within(access_context, per_day, kind) or not is_new
    )


def _within_address(access_context: AccessContext, to: str, caller: str, *, is_member: bool) -> bool:
    # Addresses with different tags are one mailbox. A member's address counts alone, so that strangers who ask for
    # others like it do not use up its budget.
    mailbox = to if is_member else without_tag(to)
    if rate_limits.within_networks(access_context, FIRST_OF_DAY, caller, mailbox):
        limit = PER_MEMBER_FIRST if is_member else PER_ADDRESS_FIRST
    else:
        limit = PER_MEMBER if is_member else PER_ADDRESS
    return rate_limits.within(access_context, limit, mailbox)


def inspect(access_context: AccessContext, secret: str, caller: str, browser: str | None) -> Link:
    """Return the link, if it is valid in this browser, without using it.

    Raises `NotFound` when it was used, has expired or never existed; `Refused` (`other_browser`); `TooMany`.
    """
    found = access_context.session_store.link(secrets.digest(secret)) if secrets.is_secret(secret) else None
    if found is None or access_context.now() >= found.expires:
        rate_limits.enforce_networks(access_context, UNKNOWN_LINKS, caller)
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
