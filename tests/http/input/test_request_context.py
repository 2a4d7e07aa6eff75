"""The visit data that analytics may record about a request."""

from __future__ import annotations

import pytest
from chalice.app import Request

from chalicelib.analytics.event import Device, Kind, Visit, VisitorClass
from chalicelib.http.input import request_context
from tests.http.fake_laurel import Laurel
from tests.http.gateway import ADDRESS, Gateway

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"


def request(laurel: Laurel, method: str = "GET", **headers: str) -> Request:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Request(Gateway.over(laurel).event(method, laurel.url("valid"), None, True, named))


def test_visit_uses_the_source_ip_of_the_gateway(laurel: Laurel) -> None:
    visit_request = request(
        laurel, user_agent=BROWSER, referer="https://jobs.example/apply?name=ada", x_forwarded_for="1.1.1.1"
    )
    assert request_context.visit_from_request(visit_request, Kind.VIEW) == Visit(
        Kind.VIEW, ADDRESS, BROWSER, "jobs.example", VisitorClass.PERSON, device=Device.DESKTOP
    )


def test_head_is_not_a_visit(laurel: Laurel) -> None:
    assert request_context.visit_from_request(request(laurel, "HEAD"), Kind.VIEW) is None


def test_visit_without_headers_is_recorded(laurel: Laurel) -> None:
    visit_request = request(laurel)
    visit_request.context.pop("identity")
    assert request_context.visit_from_request(visit_request, Kind.VERIFICATION) == Visit(
        Kind.VERIFICATION, "", "", None, VisitorClass.KNOWN_BOT
    )


@pytest.mark.parametrize(
    ("referer", "host"),
    [
        ("https://jobs.example/apply?token=secret#x", "jobs.example"),
        ("https://user:secret@Jobs.Example:8443/", "jobs.example"),
        ("http://localhost:8000/c/x", "localhost"),
        ("android-app://com.example.jobs/", None),
        ("https://[::1", None),
        ("https://[::1]/", None),
        ("https:///path", None),
        ("about:client", None),
        ("jobs.example", None),
        ("https://bücher.example/", None),
        (f"https://{'a' * 254}/", None),
        ("https://jobs.example\r\nX: y/", None),
        ("", None),
    ],
)
def test_referrer_is_reduced_to_a_host(laurel: Laurel, referer: str, host: str | None) -> None:
    visit = request_context.visit_from_request(request(laurel, referer=referer), Kind.VIEW)
    assert visit is not None
    assert visit.referrer == host
