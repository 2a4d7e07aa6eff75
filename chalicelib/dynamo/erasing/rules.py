"""What happens to an item of each kind with a trace: it is deleted, or the trace is taken out of it.

A kind without a rule stops the sweep, so that no trace is left silently; a test compares the rules with the models.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from chalicelib.analytics.counts.counts import Counts
from chalicelib.award.bulk import upload
from chalicelib.award.bulk.job import Job
from chalicelib.award.bulk.upload import Row, RowError
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.erasing.contents import in_parts
from chalicelib.dynamo.erasing.traces import Traces
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.stores.award.jobs import JobItem
from chalicelib.dynamo.tables import Raw, Tables

ERASED_ROW = RowError(0, None, "erased", "The person of this row was erased.")
"""The error of an erased upload row, so that a row still waiting is not issued."""


@dataclass(frozen=True)
class Found:
    """An item that may have a trace."""

    tables: Tables
    raw: Raw
    text: str
    issuer_id: str | None
    traces: Traces
    members: frozenset[str]
    """Erased addresses of people who remain members of issuers."""

    @cached_property
    def is_hit(self) -> bool:
        """Whether the item has something that is looked for."""
        return self.traces.found_in(self.text, self.issuer_id)

    def has_id(self, name: str) -> bool:
        """Whether the attribute ``name`` is the id of something that was erased."""
        return self.raw.get(name, {}).get("S") in self.traces.ids

    def text_has(self, text: str) -> bool:
        """Whether a part of the item has something that is looked for."""
        return self.traces.found_in(text.lower(), self.issuer_id)


Rule = Callable[[Found], Raw | None]
"""The item as it is to be stored; None to delete it."""


def _delete(found: Found) -> Raw | None:
    return None if found.is_hit else found.raw


def _keep(found: Found) -> Raw:
    return found.raw


def _delete_own(found: Found) -> Raw | None:
    """Delete what belongs to an erased credential; of another one, forget that it replaced that, or was replaced."""
    if found.has_id("credential_id" if "credential_id" in found.raw else "id"):
        return None
    gone = [name for name in ("supersedes", "superseded_by") if found.has_id(name)]
    return {name: value for name, value in found.raw.items() if name not in gone}


def _without_id(found: Found) -> Raw:
    """The index stays used and the event stays counted, but neither identifies anyone."""
    if not found.has_id("credential_id"):
        return found.raw
    return {name: value for name, value in found.raw.items() if name not in ("credential_id", "visitor")}


def _without_person(found: Found) -> Raw:
    """Forget who created something, unless they are still a member of an issuer."""
    after = dict(found.raw)
    for name in ("created_by", "member"):
        email = found.raw.get(name, {}).get("S")
        if email not in found.members and found.traces.is_erased(email, None):
            after[name] = {"S": ""} if name == "created_by" else {"NULL": True}
    return after


def _dry_run(found: Found) -> Raw | None:
    """Delete the dry run of an upload with an erased person, even if that was interrupted after the upload, which goes
    first: the errors that were found in it quote it."""
    upload_text = in_parts(found.tables, found.tables.secrets, found.raw).lower()
    is_left_over = not upload_text and found.is_hit
    return None if is_left_over or found.traces.found_in(upload_text, found.issuer_id) else _without_person(found)


def _mailbox(found: Found) -> Raw | None:
    """Delete an erased mailbox; from another one, take the erased credentials."""
    if found.traces.found_in(found.raw["pk"]["S"].lower(), found.issuer_id):
        return None
    shown = found.raw.get("view_counts_shown", {}).get("L", [])
    kept = [each for each in shown if each["M"]["credential_id"]["S"] not in found.traces.ids]
    return {**found.raw, "view_counts_shown": {"L": kept}}


def _published(found: Found) -> Raw | None:
    """Delete an erased profile; from another one, take the erased credentials."""
    if found.has_id("holder_id"):
        return None
    shown = [each for each in found.raw["credentials"]["L"] if each["S"] not in found.traces.ids]
    return {**found.raw, "credentials": {"L": shown}}


def _consent(found: Found) -> Raw | None:
    """Delete an entry of an erased ledger; from another one, take the decisions on erased credentials."""
    if found.traces.found_in(found.raw["pk"]["S"].lower(), found.issuer_id):
        return None
    kept = [each for each in found.raw["decisions"]["L"] if not found.text_has(each["M"]["subject"]["S"])]
    return {**found.raw, "decisions": {"L": kept}}


def _saved(found: Found) -> Raw | None:
    """Delete the list of an erased person; from another one, take the erased people."""
    if found.traces.is_erased(found.raw["email"]["S"], None):
        return None
    kept = {name: found.raw[name]["L"] for name in ("people", "searches")}
    return {
        **found.raw,
        **{
            name: {"L": [each for each in entries if not found.text_has(each["M"]["value"]["S"])]}
            for name, entries in kept.items()
        },
    }


def _delete_session(found: Found) -> Raw | None:
    email = found.raw["email"]["S"]
    return None if email not in found.members and found.traces.is_erased(email, None) else found.raw


def _without_recipient(found: Found) -> Raw:
    """The bounces of an issuer stay counted."""
    recent = found.raw["recent"]["L"]
    kept = [each for each in recent if not found.traces.has_recipient(each["S"], found.issuer_id)]
    return found.raw if kept == recent else {**found.raw, "recent": {"L": kept}}


def _delete_sent(found: Found) -> Raw | None:
    return None if found.is_hit or found.traces.has_recipient(found.text, found.issuer_id) else found.raw


def _rows(found: Found) -> Raw:
    rows = [upload.from_wire(members) for members in json.loads(zlib.decompress(found.raw["rows"]["B"]))]
    job = _job(found) if found.traces.ids else None
    after = [_blank(row) if _is_erased(found, job, row) else row for row in rows]
    return (
        found.raw if after == rows else {**found.raw, "rows": {"B": _deflated([upload.to_wire(row) for row in after])}}
    )


def _is_erased(found: Found, job: Job | None, row: Row) -> bool:
    if job is not None and job.credential_id(row) in found.traces.ids:
        return True
    return found.text_has(json.dumps(upload.to_wire(row), ensure_ascii=False))


def _blank(row: Row) -> Row:
    return Row(row.number, "", row_errors=(replace(ERASED_ROW, row=row.number),))


def _job(found: Found) -> Job | None:
    return reads.find(found.tables, found.tables.credentials, JobItem, Key(found.raw["pk"]["S"], "JOB"))


def _results(found: Found) -> Raw:
    codes, reasons = json.loads(zlib.decompress(found.raw["outcomes"]["B"]))
    after = [[code, "" if detail and found.text_has(detail) else detail] for code, detail in reasons]
    return found.raw if after == reasons else {**found.raw, "outcomes": {"B": _deflated([codes, after])}}


def _deflated(value: object) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def without_credentials(counts: Counts, ids: frozenset[str]) -> Counts:
    """``counts`` without what is counted by one of these credentials; totals stay."""
    return replace(
        counts,
        touches={touch: seen for touch, seen in counts.touches.items() if touch.credential not in ids},
        visits=frozenset(visit for visit in counts.visits if visit.credential not in ids),
        visitors={
            dimension: many
            for dimension, many in counts.visitors.items()
            if dimension.name != "credential" or dimension.value not in ids
        },
    )


def is_new(found: Found, kind: str) -> bool:
    """Whether an item with the address belongs to a credential, or a profile, that was stored during the pass. It stays
    whole, and the next pass begins by deleting all of it by its keys."""
    tables, raw = found.tables, found.raw
    if kind in ("recipient", "holding", "holder_link") and "S" in raw.get("credential_id", {}):
        credential_id = raw["credential_id"]["S"]
        is_another = credential_id not in found.traces.ids and found.is_hit
        return is_another and tables.get(tables.credentials, keys.record(credential_id)) is not None
    if kind in ("profile", "consent"):
        digest = keys.unescape(raw["pk"]["S"].partition("#")[2])
        is_erased = found.traces.found_in(digest, found.issuer_id)
        return is_erased and tables.get(tables.credentials, keys.profile(digest)) is not None
    return False


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("credential", "row", "credential_view_counts"), _delete_own),
    **dict.fromkeys(("index", "event"), _without_id),
    **dict.fromkeys(("job", "token"), _without_person),
    **dict.fromkeys(("session", "link", "summary_subscription"), _delete_session),
    "dry_run": _dry_run,
    "published": _published,
    "consent": _consent,
    "mailbox": _mailbox,
    "saved": _saved,
    "reputation": _without_recipient,
    **dict.fromkeys(("mail", "relayed", "reported_sender"), _delete_sent),
    "job_rows": _rows,
    "job_results": _results,
    **dict.fromkeys(
        (
            "recipient", "holding", "emails", "deferred_email", "profile", "hidden_profile", "sitemap",
            "completion", "task", "dead_letter", "visitor_report", "reporter", "message", "claim", "holder_link",
            "link_request", "delivery", "endpoint_message", "outcome", "outcome_pointer",
            "survey_answer", "receipt_view", "verifier", "verifier_pointer", "verifier_key",
            "watch", "watched", "watch_delivery", "key_answer",
        ),
        _delete,
    ),
    **dict.fromkeys(
        (
            # What issuers say about themselves and what they offer.
            "issuer", "achievement", "catalogue_entry", "pathway", "pathway_set", "pathway_links", "image",
            "status_list", "webhook", "endpoint", "outcome_measure", "survey", "manual_check",
            # Members of issuers, who stay until they leave; a pointer is to an issuer, a list, a job or a report.
            "member", "membership", "pointer",
            # Parts read with their parent item, hashes whose key is destroyed, and times and numbers: nothing to erase.
            "counts", "counts_chunk", "dry_run_part", "batch", "batch_part", "key_claim",
            "fold_progress", "known_person", "signing_key", "salt", "early", "late", "late_day", "click",
            "conversion_key", "conversion",
            # What is signed of a receipt has no personal data (docs/receipts.md), and keys are public.
            "receipt", "receipt_key",
            # The erasure's own items, which are deleted last.
            "erasure", "erased_id", "erasure_sweep", "erasure_key", "tombstone",
        ),
        _keep,
    ),
}  # fmt: skip
"""By kind of item."""


def issuer_of(raw: Raw) -> str | None:
    """The issuer that an item belongs to."""
    named: dict[str, Any] = raw.get("issuer_id", {})
    if "S" in named:
        return str(named["S"])
    _, _, rest = raw["pk"]["S"].partition("#")
    return rest.partition("#")[0] or None
