"""The owner of an account sees its watches and their deliveries, and sends one again."""

from __future__ import annotations

import pytest

from chalicelib.verifiers import accounts
from chalicelib.verifiers.verifier import Verifier
from chalicelib.verifiers.watches import changing, creating
from chalicelib.verifiers.watches.creating import WatchDraft
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import Gateway
from tests.http.signed_in import Browser, as_person
from tests.http.verifiers.keys import DEVELOPER, create_verifier
from tests.http.verifiers.test_watches import CALLBACK, received, work


@pytest.fixture
def account(laurel: Laurel) -> Verifier:
    return create_verifier(laurel)


@pytest.fixture
def developer(laurel: Laurel, client: Gateway) -> Browser:
    return as_person(laurel, DEVELOPER, client=client)


def add(laurel: Laurel, account: Verifier, ref: str, watch_id: str = "w" * 26) -> str:
    draft = WatchDraft(CALLBACK, id_of("valid"), ref=ref)
    made = creating.create(laurel.watch_context, account.id, watch_id, draft).watch
    return f"/developers/{account.id}/watches/{made.id}"


def test_watches_are_listed_with_their_last_delivery(laurel: Laurel, account: Verifier, developer: Browser) -> None:
    assert "No watches yet" in developer.get(f"/developers/{account.id}/watches").text
    path = add(laurel, account, "candidate-17 <b>")
    changing.test(laurel.watch_context, account.id, "w" * 26)
    laurel.watch_sender.answers = [500]
    work(laurel)
    page = developer.get(f"/developers/{account.id}/watches").text
    assert path in page
    assert "candidate-17 &lt;b&gt;" in page
    assert "Waiting" in page
    assert f"/developers/{account.id}/watches" in developer.get(f"/developers/{account.id}").text


def test_lists_of_watches_continue_on_the_next_page(laurel: Laurel, account: Verifier, developer: Browser) -> None:
    for number in range(30):
        add(
            laurel,
            account,
            f"ref-{number}",
            f"{number // 7}{number % 7}".translate(str.maketrans("01", "ab")).ljust(26, "z"),
        )
    first = developer.get(f"/developers/{account.id}/watches").text
    following = first.split("?after=")[1].split('"')[0]
    second = developer.get(f"/developers/{account.id}/watches?after={following}").text
    shown = [sum(f">ref-{number}<" in page for number in range(30)) for page in (first, second)]
    assert shown == [25, 5]
    assert developer.get(f"/developers/{account.id}/watches?after=no").status == 200


def test_delivery_is_replayed_and_watch_tested_and_deleted(
    laurel: Laurel, account: Verifier, developer: Browser
) -> None:
    path = add(laurel, account, "candidate-17")
    delivery = changing.test(laurel.watch_context, account.id, "w" * 26)
    work(laurel)
    page = developer.get(path).text
    assert delivery.id in page
    assert "status 200" in page
    for fields, sent in (({"do": "replay", "delivery": delivery.id}, 2), ({"do": "test"}, 3)):
        assert developer.post(path, fields).status == 303
        work(laurel)
        assert len(received(laurel)) == sent
    gone = developer.post(path, {"do": "replay", "delivery": "01KB0000000000000000000009"})
    assert "message_expired" in gone.headers["location"]
    assert developer.post(path, {"do": "no"}).status == 400
    assert developer.post(path, {"do": "remove"}).status == 303
    assert developer.get(path).status == 404


def test_disabled_watch_offers_nothing_to_send(laurel: Laurel, account: Verifier, developer: Browser) -> None:
    path = add(laurel, account, "candidate-17")
    changing.test(laurel.watch_context, account.id, "w" * 26)
    laurel.watch_sender.answers = [410]
    work(laurel)
    page = developer.get(path).text
    assert "410" in page
    assert 'value="replay"' not in page
    assert developer.post(path, {"do": "test"}).status == 422


def test_watch_of_another_account_of_the_same_person_is_not_shown(
    laurel: Laurel, account: Verifier, developer: Browser
) -> None:
    path = add(laurel, account, "candidate-17")
    other = accounts.create(laurel.verifier_context, DEVELOPER, "Other")
    assert developer.get(path.replace(account.id, other.id)).status == 404


def test_deleting_the_account_deletes_its_watches(laurel: Laurel, account: Verifier, developer: Browser) -> None:
    add(laurel, account, "candidate-17")
    assert developer.post(f"/developers/{account.id}", {"do": "delete"}).status == 303
    assert {task.subject for task in laurel.watch_store.tasks.due(laurel.now, 9) if task.kind == "watch_removal"} == {
        account.id
    }
