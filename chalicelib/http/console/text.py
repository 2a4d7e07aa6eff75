"""What the console says in fixed words: banners, roles, states, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.access.roles import Act, Role


@dataclass(frozen=True, slots=True)
class Banner:
    """What is said once, at the top of a page, after something was done."""

    headline: str
    line: str = ""
    tone: str = "good"


BANNERS: Mapping[str, Banner] = {
    "founded": Banner("Your issuer is founded.", "The list below says what to do next."),
    "achievement_added": Banner("The achievement is saved.", "It can be awarded from now on."),
    "achievement_changed": Banner(
        "The new version is saved.", "What was awarded before stays exactly as it was; new awards use this version."
    ),
    "achievement_archived": Banner(
        "The achievement is archived.", "It can no longer be awarded. What was awarded still stands."
    ),
    "achievement_restored": Banner("The achievement is back.", "It can be awarded again."),
    "domain_proven": Banner("The domain names you.", "Every check of your credentials says so from now on."),
    "domain_given_up": Banner("The domain is given up.", "Checks do not name it any more."),
    "revoked": Banner("The credential is withdrawn.", "Whoever checks it from now on is told not to rely on it."),
    "suspended": Banner("The credential is on hold.", "Whoever checks it from now on is told so."),
    "reinstated": Banner("The credential stands again."),
    "corrected": Banner("The corrected credential is issued.", "The one before is withdrawn and points to this one."),
    "renewed": Banner("The renewed credential is issued.", "The one before it stays as it is."),
    "sent": Banner("The message is on its way.", "It goes out within a few minutes."),
    "unchanged": Banner("Nothing was changed.", "It stood so before.", "none"),
    "member_added": Banner("The person is added.", "A letter tells them how to sign in; no password is needed."),
    "member_not_told": Banner(
        "The person is added, but no letter went to them.", "Tell them to sign in here with their e-mail address."
    ),
    "member_changed": Banner("The role is changed.", "It counts from their next click on."),
    "member_removed": Banner("The person is removed.", "They can no longer see or do anything here."),
    "token_revoked": Banner("The key is revoked.", "Nothing can be done with it any more."),
    "settings_changed": Banner("Saved.", "Credentials that were issued before keep the words of their day."),
    "pathway_saved": Banner("The pathway is saved."),
    "hook_made_before": Banner(
        "No other webhook was made.",
        "This one was set up by the same form before, and its secret shown then. If it was not copied, make another.",
        "none",
    ),
    "secret_made_before": Banner(
        "No other secret was made.",
        "The webhook was changed after that page was shown. A new secret is shown once, right when it is made; "
        "if it was not copied, make another.",
        "none",
    ),
    "hook_changed": Banner("The webhook is saved."),
    "hook_removed": Banner("The webhook is removed.", "Nothing that is sent to its address does anything any more."),
}
"""By the code in the address. Nothing of an address is ever shown itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; ``path`` comes after `/console/{issuer}`."""

    key: str
    path: str
    label: str
    act: Act = Act.READ


PLACES = (
    Place("overview", "", "Overview"),
    Place("achievements", "/achievements", "Achievements"),
    Place("award", "/award", "Award", Act.AWARD),
    Place("credentials", "/credentials", "Credentials"),
    Place("pathways", "/pathways", "Pathways"),
    Place("people", "/people", "People"),
    Place("keys", "/keys", "Keys", Act.MANAGE),
    Place("hooks", "/hooks", "Webhooks", Act.MANAGE),
    Place("settings", "/settings", "Settings", Act.MANAGE),
)

ROLES: Mapping[Role, tuple[str, str]] = {
    Role.VIEWER: ("Viewer", "sees, changes nothing"),
    Role.EDITOR: ("Editor", "describes and awards"),
    Role.OWNER: ("Owner", "everything, people and keys too"),
}
"""For each role its word and what it means."""
ROLE_OPTIONS = tuple((role.value, f"{word}: {meaning}") for role, (word, meaning) in ROLES.items())


@dataclass(frozen=True, slots=True)
class Face:
    """A word with its tone: a colour and a sign, either of which tells it alone."""

    word: str
    tone: str
