"""Entries for bulk issuing."""

from __future__ import annotations

from chalicelib.award.bulk import bulk_issuer, dry_run
from chalicelib.award.bulk.bulk_issuer import Upload
from chalicelib.award.bulk.row_validation import Terms
from tests.http.matrix import Builder, Call, EntryContext

ROWS = b"name,email\nAda Nwosu,ada@example.org\n"


def create_job(at: EntryContext) -> str:
    key = at.laurel.entropy(8).hex()
    sent = Upload(Terms(at.achievement), ROWS, key=key)
    return bulk_issuer.create(at.laurel.bulk, at.owner, sent, "tests").id


def create_dry_run(at: EntryContext) -> str:
    return dry_run.start(at.laurel.dry_runner, at.owner, Upload(Terms(at.achievement), ROWS), "tests").id


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/jobs"): lambda at: Call("/v1/jobs"),
    ("POST", "/v1/jobs"): lambda at: Call(
        "/v1/jobs", query=f"achievement={at.achievement}", body=ROWS, media_type="text/csv", foreign_status=404
    ),
    ("GET", "/v1/dry-runs/{id}"): lambda at: Call(f"/v1/dry-runs/{create_dry_run(at)}"),
    ("GET", "/v1/jobs/{id}"): lambda at: Call(f"/v1/jobs/{create_job(at)}"),
    ("GET", "/v1/jobs/{id}/rows"): lambda at: Call(f"/v1/jobs/{create_job(at)}/rows"),
    ("POST", "/v1/jobs/{id}/run"): lambda at: Call(f"/v1/jobs/{create_job(at)}/run"),
}
