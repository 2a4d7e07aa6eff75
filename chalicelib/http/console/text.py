"""Fixed text of the console: banners, roles and navigation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.access.roles import Permission, Role


@dataclass(frozen=True, slots=True)
class Banner:
    """A message shown once at the top of a page after an action."""

    headline: str
    line: str = ""
    tone: str = "good"


BANNERS: Mapping[str, Banner] = {
    "issuer_created": Banner("Your organization was created.", "The list below shows your next steps."),
    "verifier_created": Banner("Account created.", "Create an API key next."),
    "verifier_deleted": Banner("Account deleted.", "Its API keys no longer work, and its watches are being deleted."),
    "watch_tested": Banner("Test sent.", "Reload this page to see the result."),
    "watch_replayed": Banner("Sent again.", "Reload this page to see the result."),
    "watch_removed": Banner("Watch deleted.", "Its callback gets no more events."),
    "achievement_added": Banner("Achievement saved.", "You can now issue it."),
    "achievement_changed": Banner(
        "New version saved.",
        "The content of issued credentials does not change; new credentials have the new content. The enrolment page "
        "and the other fields under “Public page” apply immediately, including to the pages of credentials already "
        "issued.",
    ),
    "achievement_archived": Banner(
        "Achievement archived.", "You can no longer issue it. Issued credentials stay valid."
    ),
    "achievement_restored": Banner("Achievement restored.", "You can issue it again."),
    "domain_proven": Banner("Domain verified.", "Everyone who checks your credentials now sees it."),
    "domain_given_up": Banner("Domain removed.", "People who check your credentials no longer see it."),
    "revoked": Banner("Credential revoked.", "Everyone who checks it now sees that it is revoked."),
    "suspended": Banner("Credential suspended.", "Everyone who checks it now sees that it is suspended."),
    "reinstated": Banner("Credential reinstated."),
    "corrected": Banner("Corrected credential issued.", "The previous credential is revoked and links to this one."),
    "renewed": Banner("Renewed credential issued.", "The previous credential does not change."),
    "sent": Banner("Email queued.", "It will arrive within a few minutes."),
    "erasure_requested": Banner("Erasure scheduled.", "The list below shows when it starts."),
    "erasure_cancelled": Banner("Erasure cancelled.", "Nothing was deleted."),
    "summary_subscribed": Banner("Subscribed.", "At the beginning of each month, we email you what changed."),
    "summary_blocked": Banner(
        "Subscribed, but we do not send emails from this organization to this address.",
        "It unsubscribed from them, reported one as spam, or could not be reached.",
        "none",
    ),
    "summary_unsubscribed": Banner("Unsubscribed.", "You no longer get the monthly summary."),
    "manual_check_saved": Banner("Saved.", "The figures use these values."),
    "survey_saved": Banner("Survey saved."),
    "survey_saved_unsent": Banner(
        "Survey saved, but no one gets it yet.", "Your organization is not verified.", "warn"
    ),
    "outcomes_imported": Banner(
        "Outcomes imported.", "Choose one to compare people with and without your credentials."
    ),
    "outcomes_deleted": Banner("Outcomes deleted."),
    "unchanged": Banner("No changes made.", "The credential already had this status.", "none"),
    "not_possible": Banner("No changes made.", "The status of this credential does not allow that.", "none"),
    "member_added": Banner("Member added.", "We emailed them. They can sign in without a password."),
    "member_not_told": Banner(
        "Member added, but we could not email them.", "Ask them to sign in here with their email address."
    ),
    "member_changed": Banner("Role changed.", "This takes effect immediately."),
    "member_changed_new_keys": Banner(
        "Role changed.",
        "New API keys were created for your organization while this page was open. Check the list, "
        "and revoke any key that "
        "is not needed.",
        "none",
    ),
    "member_removed_new_keys": Banner(
        "Member removed.",
        "New API keys were created for your organization while this page was open. Check the list, "
        "and revoke any key that "
        "is not needed.",
        "none",
    ),
    "member_removed": Banner("Member removed.", "They no longer have access, and their API keys no longer work."),
    "member_left": Banner("You have left the issuer.", "Your API keys there no longer work."),
    "token_revoked": Banner("API key revoked.", "It no longer works."),
    "settings_changed": Banner(
        "Saved.", "Credentials already issued keep the name, logo and contact details that they were signed with."
    ),
    "key_revoked": Banner(
        "Signing key revoked.",
        "New credentials are signed with another key. Renew the credentials that are now invalid.",
    ),
    "pathway_saved": Banner("Pathway saved."),
    "pathway_rewards": Banner(
        "Pathway saved. Within a few minutes, Laurel issues the reward to everyone who has completed all steps."
    ),
    "webhook_made_before": Banner(
        "No new webhook was created.",
        "You have already created this webhook. Its secret was shown once. If you did not copy the secret, rotate it.",
        "none",
    ),
    "secret_made_before": Banner(
        "No new secret was created.",
        "The webhook was changed after you opened that page. A new secret is shown only once. "
        "If you did not copy it, rotate the secret again.",
        "none",
    ),
    "webhook_changed": Banner("Webhook saved."),
    "endpoint_changed": Banner("Endpoint saved."),
    "endpoint_removed": Banner("Endpoint deleted.", "It gets no more messages."),
    "endpoint_tested": Banner("Test message queued.", "Its result appears below within a minute or two."),
    "messages_queued": Banner("Queued.", "Each result appears below within a few minutes."),
    "message_expired": Banner("Nothing was sent.", "The message or endpoint was deleted.", "none"),
    "endpoint_made_before": Banner(
        "No new endpoint was created.",
        "You have already created this endpoint. Its secret was shown once. If you did not copy it, rotate it.",
        "none",
    ),
    "report_closed": Banner("Report closed.", "It is now in the list of closed reports."),
    "report_reopened": Banner("Report reopened."),
    "webhook_removed": Banner("Webhook deleted.", "Messages sent to its URL no longer have any effect."),
}
"""Banners by the key in the URL. Only these texts are shown, never text from the URL itself."""


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the navigation; ``path`` comes after `/console/{issuer}`."""

    key: str
    path: str
    label: str
    permission: Permission = Permission.READ


NAVIGATION = (
    NavigationItem("overview", "", "Overview"),
    NavigationItem("achievements", "/achievements", "Achievements"),
    NavigationItem("issue", "/issue", "Issue", Permission.ISSUE),
    NavigationItem("credentials", "/credentials", "Credentials"),
    NavigationItem("reports", "/reports", "Visitor reports"),
    NavigationItem("pathways", "/pathways", "Pathways"),
    NavigationItem("members", "/members", "Members"),
    NavigationItem("api-keys", "/api-keys", "API keys", Permission.MANAGE),
    NavigationItem("webhooks", "/webhooks", "Webhooks", Permission.MANAGE),
    NavigationItem("settings", "/settings", "Settings", Permission.MANAGE),
)

ROLES: Mapping[Role, tuple[str, str]] = {
    Role.VIEWER: ("Viewer", "can view figures, achievements, credentials, pathways and members, but no settings"),
    Role.EDITOR: ("Editor", "can also create achievements and issue credentials"),
    Role.OWNER: ("Owner", "can do everything, including managing settings, members and API keys"),
}
"""Label and description of each role."""
ROLE_OPTIONS = tuple((role.value, f"{label}: {meaning}") for role, (label, meaning) in ROLES.items())


class KeyOwner(StrEnum):
    """Whom a new API key belongs to."""

    MEMBER = "member"
    ORGANIZATION = "organization"


KEY_OWNER_OPTIONS = (
    (KeyOwner.MEMBER.value, "You, while you are a member"),
    (KeyOwner.ORGANIZATION.value, "The organization"),
)


@dataclass(frozen=True, slots=True)
class StatusLabel:
    """A status label with its tone. The tone sets a colour and an icon, and each alone conveys it."""

    text: str
    tone: str
