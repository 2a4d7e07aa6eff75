"""The public profile of one demo holder, published by the code of the page on which holders do it."""

from __future__ import annotations

from chalicelib.delivery import mailbox
from chalicelib.delivery.links import Purpose
from chalicelib.directory import own_profile
from chalicelib.directory.consent import FIELDS, Visibility
from chalicelib.directory.own_profile import Choices, ProfileContext
from chalicelib.directory.profile import Details, OpenTo
from chalicelib.http.directory.holder_view import holder_url
from cli.demo.plan import Kind, plan

PROFILE = "holder_profile"
"""Its key in the index of the demo, beside the kinds of credentials."""
_HEADLINE = "Data analyst who also paints"
_CHOICES = Choices(dict.fromkeys(FIELDS, Visibility.EVERYONE), search_engines=False, expires_at=None)


def publish(context: ProfileContext, base_url: str) -> dict[str, str]:
    """Publish the profile of the holder of the valid credential, and return its id and URL. An existing one stays."""
    holder = next(each.holder for each in plan(base_url) if each.kind is Kind.VALID)
    email = holder.email or ""
    digest = mailbox.digest(email)
    if context.store.profile(digest) is None:
        details = Details(
            name=holder.name,
            headline=_HEADLINE,
            languages=("en",),
            links=("https://holders.example/portfolio",),
            open_to=(OpenTo.WORK,),
        )
        url, link = context.delivery_context.link(Purpose.MY, email)
        context.delivery_context.store.add_links((link,))
        own_profile.save(context, url.rpartition("/")[2], details, _CHOICES, all_valid=True)
    stored = context.store.profile(digest)
    holder_id = stored.holder_id if stored else ""
    return {"id": holder_id, "url": holder_url(base_url, holder_id), "holder_email": email}
