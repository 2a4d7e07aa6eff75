"""Entries for verifiers and their API keys."""

from __future__ import annotations

from chalicelib.verifiers import accounts
from chalicelib.verifiers.batch import jobs
from chalicelib.verifiers.batch.job import Detail
from chalicelib.verifiers.watches import changing, creating
from chalicelib.verifiers.watches.creating import WatchDraft
from tests.http.fake_laurel import id_of
from tests.http.matrix import Builder, Call, EntryContext

DEVELOPER = "dev@canary.example"
CANARY = "Canary College"


def create_account(at: EntryContext) -> str:
    return accounts.create(at.laurel.verifier_context, DEVELOPER, "Canary College").id


def create_job(at: EntryContext) -> str:
    return jobs.create(at.laurel.batch_jobs, "j" * 26, "another", Detail.SUMMARY, [f'{{"ref": "{CANARY}"}}'], []).id


def create_watch(at: EntryContext) -> str:
    """A watch of another verifier."""
    draft = WatchDraft("https://canary.example/laurel", at.credential, ref=CANARY)
    return creating.create(at.laurel.watch_context, create_account(at), "w" * 26, draft).watch.id


def create_delivery(at: EntryContext) -> str:
    """The path of a delivery of such a watch."""
    watch_id = create_watch(at)
    owner = next(name.verifier_id for name in at.laurel.watch_store.stored if name.watch_id == watch_id)
    return f"/v1/watches/{watch_id}/deliveries/{changing.test(at.laurel.watch_context, owner, watch_id).id}"


def watch_page(at: EntryContext) -> str:
    """The path of the page of such a watch."""
    watch_id = create_watch(at)
    return next(f"/developers/{one}/watches/{id_}" for one, id_ in at.laurel.watch_store.stored if id_ == watch_id)


NEW_WATCH = {"callback": "https://jobs.example/laurel", "credential": id_of("valid")}

ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/developers"): lambda _: Call("/developers"),
    ("POST", "/developers"): lambda _: Call("/developers", form={"name": "Jobs"}, allowed_status=303),
    # An account of someone else, whatever they are a member of.
    ("GET", "/developers/{id}"): lambda at: Call(f"/developers/{create_account(at)}", allowed_status=404),
    ("POST", "/developers/{id}"): lambda at: Call(
        f"/developers/{create_account(at)}", form={"do": "delete"}, allowed_status=404
    ),
    ("GET", "/developers/{id}/watches"): lambda at: Call(
        f"/developers/{create_account(at)}/watches", allowed_status=404
    ),
    ("GET", "/developers/{id}/watches/{watch}"): lambda at: Call(watch_page(at), allowed_status=404),
    ("POST", "/developers/{id}/watches/{watch}"): lambda at: Call(
        watch_page(at), form={"do": "remove"}, allowed_status=404
    ),
    # A job of another verifier.
    ("GET", "/v1/verify/batch/{id}"): lambda at: Call(f"/v1/verify/batch/{create_job(at)}", allowed_status=404),
    ("GET", "/v1/watches"): lambda at: Call("/v1/watches", query=f"limit={len(create_watch(at))}"),
    ("POST", "/v1/watches"): lambda _: Call("/v1/watches", json=NEW_WATCH, allowed_status=201),
    ("GET", "/v1/watches/{id}"): lambda at: Call(f"/v1/watches/{create_watch(at)}", allowed_status=404),
    ("DELETE", "/v1/watches/{id}"): lambda at: Call(f"/v1/watches/{create_watch(at)}", allowed_status=404),
    ("POST", "/v1/watches/{id}/rotate-secret"): lambda at: Call(
        f"/v1/watches/{create_watch(at)}/rotate-secret", json={}, allowed_status=404
    ),
    ("POST", "/v1/watches/{id}/test"): lambda at: Call(
        f"/v1/watches/{create_watch(at)}/test", json={}, allowed_status=404
    ),
    ("GET", "/v1/watches/{id}/deliveries"): lambda at: Call(
        f"/v1/watches/{create_watch(at)}/deliveries", allowed_status=404
    ),
    ("POST", "/v1/watches/{id}/deliveries/{delivery}/replay"): lambda at: Call(
        f"{create_delivery(at)}/replay", json={}, allowed_status=404
    ),
    ("GET", "/v1/verifier"): lambda _: Call("/v1/verifier"),
    ("POST", "/v1/verifier/key/rotate"): lambda _: Call("/v1/verifier/key/rotate", json={}, allowed_status=201),
    ("DELETE", "/v1/verifier/key"): lambda _: Call("/v1/verifier/key", allowed_status=204),
}
