"""The public profiles of demo holders, published by the code of the page on which holders do it."""

from __future__ import annotations

from chalicelib.delivery import mailbox
from chalicelib.delivery.links import Purpose
from chalicelib.directory.profiles import own_profile
from chalicelib.directory.profiles.consent import FIELDS, Visibility
from chalicelib.directory.profiles.own_profile import Choices, ProfileContext
from chalicelib.directory.profiles.profile import Details, OpenTo
from chalicelib.http.directory.holder_view import holder_url
from cli.demo.people import PEOPLE
from cli.demo.plan import Kind, plan

PROFILE = "holder_profile"
"""Its key in the index of the demo, beside the kinds of credentials."""
_HEADLINE = "Data analyst who also paints"
_PLACES = (
    "Lagos, Nigeria", "Rotterdam, Netherlands", "Madrid, Spain", "Dublin, Ireland", "Kraków, Poland", "Cairo, Egypt",
    "İzmir, Türkiye", "大阪, 日本", "Seoul, South Korea", "Nairobi, Kenya",
)  # fmt: skip
_HEADLINES = (
    "Data analyst who likes messy spreadsheets", "Project lead", "Software developer", "Welding instructor",
    "Nurse and team leader", "Teacher of mathematics", "Product designer",
)  # fmt: skip
_LANGUAGES = (("en",), ("en", "fr"), ("es", "en"), ("de",), ("ar", "en"), ("ja",))
_CHOICES = Choices(
    dict.fromkeys(FIELDS, Visibility.EVERYONE), search_engines=False, expires_at=None, contact=Visibility.EVERYONE
)


def publish(context: ProfileContext, base_url: str) -> dict[str, str]:
    """Publish the profile of the holder of the valid credential, and return its id and URL. An existing one stays."""
    holder = next(each.holder for each in plan(base_url) if each.kind is Kind.VALID)
    email = holder.email or ""
    details = Details(
        name=holder.name,
        headline=_HEADLINE,
        languages=("en",),
        links=("https://holders.example/portfolio",),
        open_to=(OpenTo.WORK,),
    )
    publish_one(context, email, details)
    stored = context.store.profile(mailbox.digest(email))
    holder_id = stored.holder_id if stored else ""
    return {"id": holder_id, "url": holder_url(base_url, holder_id), "holder_email": email}


def publish_others(context: ProfileContext) -> None:
    """Publish the profiles of two of three demo holders, so that the directory can be searched. Existing ones stay."""
    wishes = tuple(OpenTo)
    for number, holder in enumerate(PEOPLE):
        if number % 3:
            details = Details(
                name=holder.name,
                headline=_HEADLINES[number % len(_HEADLINES)],
                place=_PLACES[number % len(_PLACES)],
                languages=_LANGUAGES[number % len(_LANGUAGES)],
                open_to=(wishes[number % len(wishes)],),
            )
            publish_one(context, holder.email or "", details)


def publish_one(context: ProfileContext, email: str, details: Details) -> None:
    """Publish a profile with all valid credentials of its holder. An existing one stays."""
    if context.store.profile(mailbox.digest(email)) is None:
        url, link = context.delivery_context.link(Purpose.MY, email)
        context.delivery_context.store.add_links((link,))
        own_profile.save(context, url.rpartition("/")[2], details, _CHOICES, all_valid=True)
