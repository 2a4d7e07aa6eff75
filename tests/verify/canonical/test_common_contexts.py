"""The contexts that credentials name in practice are bundled, and any other is named."""

from __future__ import annotations

import pytest

from chalicelib.verify.canonical import tables
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.tables import EMPTY, enter

W3C, W3ID, ONE_EDTECH = "https://www.w3.org/", "https://w3id.org/", "https://purl.imsglobal.org/spec/"
BUNDLED = [
    *(W3C + name for name in ("2018/credentials/v1", "ns/credentials/v2", "ns/credentials/examples/v2", "ns/did/v1")),
    *(f"{ONE_EDTECH}ob/v3p0/context{version}.json" for version in ("", "-3.0.1", "-3.0.2", "-3.0.3")),
    *(ONE_EDTECH + name for name in ("ob/v3p0/extensions.json", "clr/v2p0/context-2.0.1.json")),
    *(f"{W3ID}security/data-integrity/{version}" for version in ("v1", "v2")),
    *(f"{W3ID}security/suites/{suite}/v1" for suite in ("ed25519-2018", "ed25519-2020", "jws-2020", "secp256k1-2019")),
    *(f"{W3ID}security/suites/{suite}/v1" for suite in ("x25519-2020", "merkle-2019", "chained-2021")),
    *(W3ID + name for name in ("security/multikey/v1", "vc/status-list/2021/v1", "vc-revocation-list-2020/v1")),
    *(W3ID + name for name in ("blockcerts/v3", "blockcerts/v3.1", "blockcerts/v3.2")),
    W3C + "ns/credentials/status/v1",
]
NOT_BUNDLED = [
    W3C + "2018/credentials/examples/v1",
    W3ID + "security/v1",
    W3ID + "security/v2",
    W3ID + "dcc/v1",
    "http://data.europa.eu/snb/model/context/edc-ap",
    "https://velocitynetwork.foundation/contexts/layer1-credentials-v1.1.json",
]


@pytest.mark.parametrize("url", BUNDLED)
def test_a_context_that_occurs_in_practice_is_bundled(url: str) -> None:
    active = enter(EMPTY, url)
    assert active.terms or active.vocab


@pytest.mark.parametrize("base", [W3C + "2018/credentials/v1", W3C + "ns/credentials/v2"])
@pytest.mark.parametrize("url", BUNDLED)
def test_a_bundled_context_can_follow_the_credentials_context_or_names_the_term_that_differs(
    base: str, url: str
) -> None:
    assert _conflict([base, url]) in ("", "term_conflict")


def _conflict(contexts: list[str]) -> str:
    """Return the code of the error in applying ``contexts``, if there is one."""
    try:
        enter(EMPTY, contexts)
    except CanonicalError as error:
        return error.code
    return ""


@pytest.mark.parametrize("url", NOT_BUNDLED)
def test_a_context_that_is_not_bundled_is_unknown_and_named(url: str) -> None:
    with pytest.raises(CanonicalError, match="not supported") as caught:
        enter(EMPTY, [W3C + "ns/credentials/v2", url])
    assert caught.value.code == "context_unknown"
    assert url in caught.value.detail


def test_the_addresses_of_one_context_have_the_same_terms() -> None:
    addresses = [f"{W3ID}blockcerts/v3.2", f"{W3ID}blockcerts/schema/3.2/context.json"]
    addresses.append("https://www.blockcerts.org/schema/3.2/context.json")
    assert len({tables.CONTEXTS[url] for url in addresses}) == 1
    assert len({enter(EMPTY, url) for url in addresses}) == 1
