"""What an issuer changes after it has issued a credential changes nothing that the credential says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation
from chalicelib.delivery import handlers
from chalicelib.delivery.emails.compose import about_credential
from chalicelib.delivery.emails.credential_email import EmailContext, Links
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.links import Purpose
from chalicelib.http.api.issuers import WORDS
from chalicelib.tasks.task_queue import Task
from tests.http.fake_laurel import BASE_URL, NOW, Laurel, id_of
from tests.http.gateway import HTML, Gateway

IDENTITY = {
    *(
        "id",
        "page_host",
        "did",
        "keys",
        "next_key",
        "profile_version",
        "revocation_list",
        "suspension_list",
        "registered_as",
        "former_names",
        "domains",
    ),
    *("closed", "version", "creator"),
}
"""Members of an issuer that no profile change can touch."""
IMPOSTOR = {
    "name": "University of Oxford",
    "url": "https://oxford-university.example/",
    "description": "Oldest university of the English-speaking world.",
    "email": "registrar@oxford-university.example",
    "image": f"{BASE_URL}/images/{'f' * 64}.png",
    "accent": "#002147",
    "embed_sites": "https://oxford-university.example",
    "certificate_template": "modern",
    "directory": "yes",
    "font": "serif",
    "footer": "University of Oxford, Wellington Square.",
}
LOOK = ('<svg class="accent"', '<section class="earned')
CANARIES = ("Oxford", "oxford", "English-speaking", "f" * 64)


def registered(issuer: Issuer) -> Issuer:
    return issuer


def proven_by_domain(issuer: Issuer) -> Issuer:
    proof = DomainProof("fernhill.example", ProofLocation.DNS, NOW - timedelta(days=1), "ab" * 32)
    return replace(issuer, registered_as=None, domains=(proof,))


def unproven(issuer: Issuer) -> Issuer:
    return replace(issuer, registered_as=None)


def store(laurel: Laurel, change: Callable[[Issuer], Issuer]) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store.replace_issuer(replace(change(issuer), version=issuer.version + 1))


def rename(laurel: Laurel) -> None:
    """Change everything that an issuer can change, without the rule that refuses to change a registered name."""
    store(laurel, lambda issuer: replace(issuer, **IMPOSTOR))


def shown(client: Gateway, kind: str) -> dict[str, Any]:
    """Everything that is public about the credential; the colour and the font of its issuer state nothing."""
    page = client.get(f"/c/{id_of(kind)}", accept=HTML).text
    return {
        "page": [line for line in page.splitlines() if line.strip() and not line.startswith(LOOK)],
        "report": client.get(f"/c/{id_of(kind)}").json,
        "summary": client.get(f"/v1/credentials/{id_of(kind)}").json,
        "document": client.get(f"/c/{id_of(kind)}", accept="application/vc").body,
    }


def test_the_attack_changes_every_member_that_can_change() -> None:
    assert set(IMPOSTOR) == set(WORDS) == {field.name for field in fields(Issuer)} - IDENTITY


@pytest.mark.parametrize("kind", ["valid", "expired", "revoked", "suspended"])
@pytest.mark.parametrize("identity", [registered, proven_by_domain, unproven])
def test_a_renamed_rebranded_and_relinked_issuer_changes_no_word_of_an_old_credential(
    laurel: Laurel, client: Gateway, kind: str, identity: Callable[[Issuer], Issuer]
) -> None:
    store(laurel, identity)
    before = shown(client, kind)
    rename(laurel)
    after = shown(client, kind)
    assert after == before
    assert not [canary for canary in CANARIES if canary in str(after)]


def test_an_operators_rename_changes_no_word_of_an_old_credential(laurel: Laurel, client: Gateway) -> None:
    before = client.get(laurel.url("valid")).json
    changes = {"name": "Fernhill University"}
    issuer_actions.update_profile(laurel.issuer_context, "fernhill", changes, by_operator=True)
    after = client.get(laurel.url("valid")).json
    assert (after["credential"], after["findings"][7]["code"]) == (before["credential"], "issuer_registered")
    page = client.get(laurel.url("valid"), accept=HTML).text
    assert "Issued by \u2068Fernhill College\u2069. The operator of this service vouches for this name." in page


def test_a_self_made_issuer_renames_itself_through_the_api_and_its_old_credential_does_not(
    laurel: Laurel, client: Gateway
) -> None:
    store(laurel, unproven)
    issuer_actions.update_profile(laurel.issuer_context, "fernhill", IMPOSTOR)
    page = client.get(laurel.url("valid"), accept=HTML).text
    assert "Issued under the name <bdi>“Fernhill College”</bdi>" in page
    assert "Oxford" not in page


@pytest.mark.parametrize("kind", [Kind.UNOPENED, Kind.UNSHARED, Kind.RENEWAL, Kind.REVOKED, Kind.SUSPENDED])
def test_an_email_about_an_old_credential_names_the_issuer_that_signed_it(laurel: Laurel, kind: Kind) -> None:
    rename(laurel)
    context = handlers._email_context(laurel.delivery_context, Task(kind.value, "fernhill", id_of("valid"), NOW))
    assert isinstance(context, EmailContext)
    content = about_credential(kind, context, Links("https://my.example", "https://stop.example"))
    said = (content.subject, content.preview, content.paragraphs, content.other, content.tips, content.why)
    assert "Fernhill College" in str(said)
    assert content.brand.name == "Fernhill College"
    assert not [canary for canary in ("Oxford", "oxford") if canary in str(said)]


def test_the_holders_page_names_the_issuer_that_signed(laurel: Laurel) -> None:
    rename(laurel)
    url, link = laurel.delivery_context.link(Purpose.MY, "ada@example.org")
    laurel.delivery_store.add_links((link,))
    (group,) = holder_actions.view(laurel.delivery_context, url.rpartition("/")[2], person=False).groups
    assert {one.shared.issuer for one in group.credentials} == {"Fernhill College"}
