"""What is stored about a visitor, and what is not."""

from __future__ import annotations

import pytest

from chalicelib.analytics.event import Device
from chalicelib.http.input import visitor_facts
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
PLAIN = {"user_agent": PHONE, "accept_language": "de-CH,de;q=0.9", "cloudfront_viewer_country": "CH"}
TAGS = "?utm_source=Newsletter&utm_medium=email&utm_campaign=spring%20term"


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (PHONE, Device.PHONE),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15", Device.TABLET),
        ("Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 Chrome/131 Safari/537.36", Device.TABLET),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131 Mobile Safari/537.36", Device.PHONE),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", Device.DESKTOP),
        ("", None),
    ],
)  # fmt: skip
def test_device_is_one_of_three_classes(agent: str, expected: Device | None) -> None:
    assert visitor_facts.device({"user-agent": agent}) is expected


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [("de-CH,de;q=0.9", "de"), ("EN", "en"), ("gsw;q=1", "gsw"), ("*", None), (None, None), ("<script>", None)],
)
def test_language_is_stored_without_its_region(accepted: str | None, expected: str | None) -> None:
    assert visitor_facts.language(accepted) == expected


def test_view_stores_country_language_device_and_tags(laurel: Laurel, client: Gateway) -> None:
    client.get(f"{laurel.url('valid')}{TAGS}", accept="text/html", **PLAIN)
    (event,) = laurel.event_store.events.values()
    assert (event.country, event.language, event.device) == ("CH", "de", Device.PHONE)
    assert (event.utm_source, event.utm_medium, event.utm_campaign) == ("newsletter", "email", "spring term")
    assert event.visitor is not None


@pytest.mark.parametrize("signal", ["sec_gpc", "dnt"])
def test_visitor_who_asks_not_to_be_tracked_is_counted_without_anything_about_them(
    laurel: Laurel, client: Gateway, signal: str
) -> None:
    client.get(f"{laurel.url('valid')}{TAGS}", accept="text/html", **PLAIN, **{signal: "1"})
    (event,) = laurel.event_store.events.values()
    assert event.visitor is None
    assert {event.country, event.language, event.device, event.utm_source, event.utm_campaign} == {None}


@pytest.mark.parametrize("tag", ["<script>", "a" * 100 + "<", "x@example.org", "%00"])
def test_other_text_than_a_tag_is_not_stored(laurel: Laurel, client: Gateway, tag: str) -> None:
    client.get(f"{laurel.url('valid')}?utm_source={tag}&utm_campaign=ok", cloudfront_viewer_country="Germany")
    (event,) = laurel.event_store.events.values()
    assert event.utm_source in (None, "a" * visitor_facts.MAX_TAG)
    assert (event.utm_campaign, event.country) == ("ok", None)
