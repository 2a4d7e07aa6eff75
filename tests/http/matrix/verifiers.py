"""Entries for verifiers and their API keys."""

from __future__ import annotations

from chalicelib.verifiers import accounts
from chalicelib.verifiers.batch import jobs
from chalicelib.verifiers.batch.job import Detail
from tests.http.matrix import Builder, Call, EntryContext

DEVELOPER = "dev@canary.example"
CANARY = "Canary College"


def create_account(at: EntryContext) -> str:
    return accounts.create(at.laurel.verifier_context, DEVELOPER, "Canary College").id


def create_job(at: EntryContext) -> str:
    return jobs.create(at.laurel.batch_jobs, "j" * 26, "another", Detail.SUMMARY, [f'{{"ref": "{CANARY}"}}'], []).id


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/developers"): lambda _: Call("/developers"),
    ("POST", "/developers"): lambda _: Call("/developers", form={"name": "Jobs"}, allowed_status=303),
    # An account of someone else, whatever they are a member of.
    ("GET", "/developers/{id}"): lambda at: Call(f"/developers/{create_account(at)}", allowed_status=404),
    ("POST", "/developers/{id}"): lambda at: Call(
        f"/developers/{create_account(at)}", form={"do": "delete"}, allowed_status=404
    ),
    # A job of another verifier.
    ("GET", "/v1/verify/batch/{id}"): lambda at: Call(f"/v1/verify/batch/{create_job(at)}", allowed_status=404),
    ("GET", "/v1/verifier"): lambda _: Call("/v1/verifier"),
    ("POST", "/v1/verifier/key/rotate"): lambda _: Call("/v1/verifier/key/rotate", json={}, allowed_status=201),
    ("DELETE", "/v1/verifier/key"): lambda _: Call("/v1/verifier/key", allowed_status=204),
}
