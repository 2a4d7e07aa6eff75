"""Faults of other verifiers and platforms that Laurel must not have, one test each, named for it.

Each was measured with the product or read in its source. The cases come from the corpus (`tests/corpus/README.md`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from chalicelib.analytics.event import VisitorClass
from chalicelib.analytics.event_json import to_wire
from chalicelib.delivery.holder import sharing
from chalicelib.delivery.holder.sharing import SharePlatform
from chalicelib.errors import Unavailable
from chalicelib.net.fetching.guard import Guard
from tests.corpus.laurel import CASES, of_folder
from tests.delivery.test_sharing import SHARED
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import ADDRESS, HTML, Gateway


def verdict(case: str) -> str:
    return of_folder(CASES / case)[1].verdict


def test_verifier_core_looks_at_the_first_status_entry_only() -> None:
    assert verdict("status-second-entry-revoked") == "revoked"
    assert verdict("status-second-entry-unknown") == "unknown"


def test_verifier_core_passes_over_status_types_that_it_does_not_know() -> None:
    assert verdict("status-type-unknown") == "unknown"
    assert verdict("status-1edtech-list-revoked") == "revoked"


def test_1edtechs_validator_calls_suspended_not_revoked() -> None:
    assert verdict("status-suspended") == "suspended"


def test_1edtechs_validator_only_warns_if_a_status_list_cannot_be_fetched() -> None:
    assert verdict("status-404") == "unknown"


def test_1edtechs_validator_inflates_status_lists_without_a_limit() -> None:
    assert of_folder(CASES / "status-bomb")[1].codes == {"status": "status_list_too_large"}


def test_1edtechs_validator_accepts_the_status_list_of_another_issuer() -> None:
    assert verdict("status-list-of-another-issuer") == "unknown"


def test_1edtechs_validator_trusts_a_key_in_the_header_of_a_token() -> None:
    assert verdict("token-key-in-the-header") == "invalid"


def test_openbadges_validator_core_does_not_know_that_410_and_revoked_mean_revoked() -> None:
    assert verdict("hosted-gone") == "revoked"
    assert verdict("hosted-revoked") == "revoked"


def test_openvc_core_skips_entries_after_the_first_that_it_knows() -> None:
    assert verdict("status-unknown-and-revoked") == "revoked"


def test_verifierplus_fetches_any_url_for_anyone() -> None:
    """Laurel returns nothing of what it fetches but a report, and fetches from public hosts over https only."""
    guard = Guard(frozenset())
    for url in ("https://169.254.169.254/latest/meta-data/", "https://localhost/", "http://badges.example/"):
        with pytest.raises(Unavailable):
            guard.target(url)
    with pytest.raises(Unavailable):
        guard.checked(guard.target("https://badges.example/"), [ip_address("10.0.0.1")])


def oembed(client: Gateway, limits: str) -> dict[str, object]:
    url = quote(f"{BASE_URL}/c/{id_of('valid')}", safe="")
    found: dict[str, object] = client.get(f"/oembed?url={url}{limits}").json
    return found


def test_badgrs_oembed_reads_the_height_from_maxwidth_and_misspells_a_member(client: Gateway) -> None:
    found = oembed(client, "&maxwidth=400&maxheight=170")
    assert isinstance(found["width"], int)
    assert isinstance(found["height"], int)
    assert (found["width"] <= 400, found["height"] <= 170) == (True, True)
    assert oembed(client, "&maxwidth=200")["width"] != 320
    assert not [name for name in found if name.startswith("thumnail")]


def test_salavas_oembed_has_a_number_as_its_version(client: Gateway) -> None:
    assert oembed(client, "")["version"] == "1.0"


def test_the_linkedin_link_of_the_learner_credential_wallet_breaks_at_an_ampersand_and_in_january() -> None:
    shared = replace(SHARED, name="R&D in C#", valid_from=datetime(2026, 1, 1, tzinfo=UTC))
    fields = dict(parse_qsl(urlsplit(sharing.address(SharePlatform.LINKEDIN_PROFILE, shared)).query))
    assert (fields["name"], fields["issueYear"], fields["issueMonth"]) == ("R&D in C#", "2026", "1")


def test_credtrail_counts_bots_as_views(client: Gateway, laurel: Laurel) -> None:
    client.get(laurel.url("valid"), accept=HTML, user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    assert [event.visitor_class for event in laurel.event_store.events.values()] == [VisitorClass.KNOWN_BOT]


def test_badgrs_events_have_the_address_of_the_visitor_and_the_recipient(client: Gateway, laurel: Laurel) -> None:
    client.get(laurel.url("valid"), accept=HTML, referer="https://jobs.example/private/page?name=x")
    (event,) = laurel.event_store.events.values()
    written = " ".join(filter(None, to_wire(event).values()))
    record = laurel.issuer_store.record(id_of("valid"))
    for private in (ADDRESS, "private", record.holder_name or "?", "@"):
        assert private not in written


@pytest.mark.parametrize("kind", ["valid", "expired"])
def test_accredible_lists_people_in_a_directory_that_their_issuer_chose(
    client: Gateway, laurel: Laurel, kind: str
) -> None:
    """A credential alone puts nobody into the directory: only its holder can."""
    assert laurel.issuer_store.record(id_of(kind)).holder_name
    assert client.get("/v1/directory").json["items"] == []
    assert laurel.profile_store.public == {}
