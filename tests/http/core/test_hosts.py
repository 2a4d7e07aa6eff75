"""Pages on the host of an issuer: the host of a request is compared, and never becomes part of a URL."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

import pytest
from chalice.local import LambdaContext

from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.award.issuers.page_host import set_page_host
from tests.http.fake_laurel import Laurel, id_of, seeded
from tests.http.gateway import HTML, Gateway

BASE, OWN, OTHERS = "laurel.example", "credentials.fernhill.example", "badges.other.example"
ID = id_of("valid")
PAGE = f"/c/{ID}"


@dataclass
class Deployment:
    """A deployment with a domain, whose API has two more custom domains."""

    laurel: Laurel
    gateway: Gateway

    def send(self, at: str, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        """The response to a request that API Gateway received at ``at``."""
        event: dict[str, Any] = self.gateway.event(method, path, None, True, {"accept": HTML, **headers})
        event["requestContext"]["domainName"] = at
        reply = self.gateway.app(event, LambdaContext("laurel", 1024))
        body = base64.b64decode(reply["body"]).decode() if reply.get("isBase64Encoded") else reply["body"]
        return reply["statusCode"], {name.lower(): text for name, text in reply["headers"].items()}, body


@pytest.fixture
def deployment() -> Deployment:
    laurel = seeded(f"https://{BASE}")
    other = NewIssuer("other", "Other", "https://other.example/", "Teaches, too.")
    issuer_actions.create(laurel.issuer_context, other)
    set_page_host(laurel.issuer_context, "fernhill", OWN)
    set_page_host(laurel.issuer_context, "other", OTHERS)
    return Deployment(laurel, Gateway.over(laurel))


@pytest.mark.parametrize("host", [BASE, OWN])
def test_the_page_names_its_canonical_url_on_every_host(deployment: Deployment, host: str) -> None:
    status, _, page = deployment.send(host, PAGE)
    assert status == 200
    for text in (
        f'<link rel="canonical" href="https://{OWN}{PAGE}">',
        f'<meta property="og:url" content="https://{OWN}{PAGE}">',
        f'value="https://{OWN}{PAGE}?via=copy"',
    ):
        assert text in page
    # What the policy of the page allows to load, and where its forms are sent, stays at the base URL.
    assert f'src="https://{BASE}{PAGE}/qr.svg"' in page
    assert f'action="https://{BASE}{PAGE}"' in page
    assert f'href="https://{BASE}{PAGE}/report"' in page


def test_a_credential_is_not_shown_on_the_host_of_another_issuer(deployment: Deployment) -> None:
    """Anyone can create an issuer, whose credentials must not appear under the name of a college."""
    status, headers, page = deployment.send(OTHERS, PAGE)
    assert (status, headers["location"]) == (307, f"https://{OWN}{PAGE}")
    assert "Ada Nwosu" not in page
    set_page_host(deployment.laurel.issuer_context, "fernhill", None)
    assert deployment.send(OTHERS, PAGE)[1]["location"] == f"https://{BASE}{PAGE}"


@pytest.mark.parametrize(
    "path", ["/", "/sign-in?next=%2Fconsole", "/issuers/other", f"{PAGE}/embed?size=card", f"{PAGE}/report"]
)
def test_an_issuers_host_serves_only_the_pages_of_its_credentials(deployment: Deployment, path: str) -> None:
    status, headers, _ = deployment.send(OWN, path)
    assert (status, headers["location"]) == (307, f"https://{BASE}{path}")


def test_a_form_is_sent_on_to_the_base_url(deployment: Deployment) -> None:
    status, headers, _ = deployment.send(OWN, PAGE, "POST")
    assert (status, headers["location"]) == (307, f"https://{BASE}{PAGE}")


def test_an_unknown_path_is_not_found_on_every_host(deployment: Deployment) -> None:
    assert deployment.send(OWN, "/nothing")[0] == 404


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded"])
def test_a_header_of_the_request_changes_nothing(deployment: Deployment, header: str) -> None:
    honest = deployment.send(BASE, PAGE)
    status, _, page = deployment.send(BASE, PAGE, **{header: "evil.example"})
    assert (status, page) == (honest[0], honest[2])


def test_without_a_domain_the_name_of_the_api_is_its_own_host(deployment: Deployment) -> None:
    assert deployment.send("abc123.execute-api.eu-central-1.amazonaws.com", PAGE)[0] == 200
    local = seeded()
    assert Deployment(local, Gateway.over(local)).send("127.0.0.1", PAGE)[0] == 200


def test_the_signed_id_and_what_is_printed_stay_at_the_base_url(deployment: Deployment) -> None:
    document = deployment.send(OWN, PAGE, accept="application/vc")[2]
    assert f'"id":"https://{BASE}{PAGE}"' in document.replace(": ", ":")
    assert OWN not in document


def test_widgets_snippets_and_previews_link_to_the_canonical_url(deployment: Deployment) -> None:
    for path in (f"/embed/{ID}", f"/embed/{ID}?format=json", f"{PAGE}/embed?kind=markdown"):
        assert f"https://{OWN}{PAGE}" in deployment.send(BASE, path)[2]


def test_both_links_of_a_credential_can_be_embedded(deployment: Deployment) -> None:
    for host, expected in ((BASE, 200), (OWN, 200), (OTHERS, 404), ("evil.example", 404)):
        assert deployment.send(BASE, f"/oembed?url=https%3A%2F%2F{host}{PAGE}")[0] == expected
    without = replace(deployment.laurel.issuer_store.issuer("fernhill"), page_host=None)
    deployment.laurel.issuer_store._issuers["fernhill"] = without
    assert deployment.send(BASE, f"/oembed?url=https%3A%2F%2F{OWN}{PAGE}")[0] == 404
