"""`POST /v1/events`, and what widgets and images record about themselves."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import NOT_CHECKED, Event, Kind, VisitorClass, Widget
from chalicelib.analytics.event_budget import PER_NETWORK
from chalicelib.analytics.networks import Level
from chalicelib.errors import Unavailable
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import ADDRESS, Gateway, Response

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
"""The media type of a beacon with `URLSearchParams`."""
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
CLICK = {"kind": "click", "credential": id_of("valid"), "widget": "script", "host": "blog.example"}


def send(client: Gateway, fields: dict[str, str], **headers: str) -> Response:
    named = {"content_type": FORM, "user_agent": CHROME, **headers}
    return client.post("/v1/events", urlencode(fields).encode(), **named)


def stored(laurel: Laurel) -> list[Event]:
    return list(laurel.event_store.events.values())


def test_click_is_recorded_with_widget_and_host_and_without_the_address(client: Gateway, laurel: Laurel) -> None:
    response = send(client, CLICK, referer="https://other.example/private?token=1")
    assert (response.status, response.body) == (202, b"")
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    (event,) = stored(laurel)
    assert (event.kind, event.widget, event.referrer) == (Kind.CLICK, Widget.SCRIPT, "blog.example")
    assert (event.verdict, event.visitor_class) == (NOT_CHECKED, VisitorClass.PERSON)
    assert event.credential_id == id_of("valid")
    assert ADDRESS not in repr(event)
    assert CHROME not in repr(event)
    assert event.visitor


def test_share_is_recorded_with_its_channel(client: Gateway, laurel: Laurel) -> None:
    assert send(client, {"kind": "shared", "credential": id_of("valid"), "channel": "whatsapp"}).status == 202
    (event,) = stored(laurel)
    assert (event.kind, event.target, event.widget) == (Kind.SHARED, "whatsapp", None)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "view"}, {"kind": "delivered"}, {"kind": ""}, {"credential": "x"}, {"credential": "z" * 26 + "\n"},
        {"widget": "svg"}, {"widget": ""}, {"channel": "x"}, {"visitor": "me"}, {"kind": "shared"},
    ],
)  # fmt: skip
def test_invalid_report_is_refused_and_records_nothing(client: Gateway, laurel: Laurel, change: dict[str, str]) -> None:
    response = send(client, {**CLICK, **change})
    assert (response.status, response.json["code"]) == (400, "invalid_request")
    assert stored(laurel) == []


@pytest.mark.parametrize(
    ("sent", "media_type", "code"),
    [
        (b"{}", "application/json", "unsupported_media_type"),
        (b"kind=click&kind=click", FORM, "malformed"),
        (b"x=" + b"a" * 1100, FORM, "too_large"),
    ],
)
def test_other_bodies_are_refused(client: Gateway, laurel: Laurel, sent: bytes, media_type: str, code: str) -> None:
    assert client.post("/v1/events", sent, content_type=media_type).json["code"] == code
    assert stored(laurel) == []


def test_report_about_an_unknown_credential_is_refused(client: Gateway, laurel: Laurel) -> None:
    assert send(client, {**CLICK, "credential": "z" * 26}).status == 404
    assert stored(laurel) == []


@pytest.mark.parametrize(
    "host",
    ["", "blog.example/path", "https://blog.example", "a" * 254, "x y", "ex\u00e4mple", "blog.example:8080", "a\n"],
)
def test_what_is_not_a_host_is_not_stored(client: Gateway, laurel: Laurel, host: str) -> None:
    assert send(client, {**CLICK, "host": host}, referer="https://real.example/post").status == 202
    assert [event.referrer for event in stored(laurel)] == ["real.example"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
            VisitorClass.KNOWN_BOT,
        ),
        ({"sec_purpose": "prefetch;prerender"}, VisitorClass.PREFETCH),
        ({"user_agent": "curl/8"}, VisitorClass.KNOWN_BOT),
    ],
)
def test_bots_and_prefetchers_are_marked(
    client: Gateway, laurel: Laurel, headers: dict[str, str], expected: VisitorClass
) -> None:
    send(client, CLICK, **headers)
    assert [event.visitor_class for event in stored(laurel)] == [expected]


def test_flood_is_not_stored_and_gets_the_same_answer(client: Gateway, laurel: Laurel) -> None:
    responses = {send(client, CLICK).status for _ in range(PER_NETWORK[Level.CLIENT] + 40)}
    assert responses == {202}
    assert len(stored(laurel)) == PER_NETWORK[Level.CLIENT]


def test_page_still_opens_for_a_network_above_the_limit(client: Gateway, laurel: Laurel) -> None:
    for _ in range(PER_NETWORK[Level.CLIENT] + 5):
        send(client, CLICK)
    assert client.get(f"/c/{id_of('valid')}", accept="text/html").status == 200
    assert stored(laurel)[-1].kind is Kind.VIEW


def test_event_that_cannot_be_stored_goes_to_the_log(client: Gateway, laurel: Laurel) -> None:
    laurel.event_store.fault = Unavailable("down")
    assert send(client, CLICK).status == 202
    assert [event.kind for event, _ in laurel.fallback.kept] == [Kind.CLICK]


@pytest.mark.parametrize(
    ("path", "widget"),
    [
        ("/embed/{}?format=json", Widget.SCRIPT), ("/embed/{}", Widget.FRAME), ("/badge/{}.svg", Widget.SVG),
        ("/badge/{}@2x.png", Widget.PNG),
    ],
)  # fmt: skip
def test_every_widget_records_one_impression_with_its_kind_and_website(
    client: Gateway, laurel: Laurel, path: str, widget: Widget
) -> None:
    client.get(path.format(id_of("valid")), referer="https://blog.example/post")
    assert [(one.kind, one.widget, one.referrer) for one in stored(laurel)] == [
        (Kind.IMPRESSION, widget, "blog.example")
    ]


def test_element_names_its_website_where_the_browser_sends_no_referrer(client: Gateway, laurel: Laurel) -> None:
    client.get(f"/embed/{id_of('valid')}?format=json&lang=&host=blog.example")
    assert [event.referrer for event in stored(laurel)] == ["blog.example"]


def test_preview_of_the_snippet_builder_is_not_an_impression(client: Gateway, laurel: Laurel) -> None:
    client.get(f"/embed/{id_of('valid')}", referer=f"{laurel.base_url}/c/{id_of('valid')}/embed")
    assert stored(laurel) == []


def test_click_data_of_the_element_is_what_the_route_accepts(client: Gateway, laurel: Laurel) -> None:
    data = client.get(f"/embed/{id_of('valid')}?format=json").json
    sent = f"{data['click']}&host=blog.example".encode()
    assert client.post("/v1/events", sent, content_type=FORM).status == 202
    assert [event.kind for event in stored(laurel)] == [Kind.IMPRESSION, Kind.CLICK]


@pytest.mark.parametrize(("via", "channel"), [("linkedin_post", Channel.LINKEDIN_POST), ("<script>", None), ("", None)])
def test_view_is_credited_to_the_channel_of_its_link(
    client: Gateway, laurel: Laurel, via: str, channel: Channel | None
) -> None:
    assert client.get(f"/c/{id_of('valid')}?via={via}", accept="text/html").status == 200
    assert [(event.kind, event.channel) for event in stored(laurel)] == [(Kind.VIEW, channel)]


def test_impressions_are_limited_like_other_reports_and_the_badge_is_still_shown(
    client: Gateway, laurel: Laurel
) -> None:
    """The website in an impression is the visitor's word, so anyone could fill an issuer's figures with GET alone."""
    path = f"/badge/{id_of('valid')}.svg?host=evil.example"
    statuses = {client.get(path, user_agent=CHROME).status for _ in range(PER_NETWORK[Level.CLIENT] + 5)}
    assert statuses == {200}
    assert sum(event.kind is Kind.IMPRESSION for event in stored(laurel)) == PER_NETWORK[Level.CLIENT]
