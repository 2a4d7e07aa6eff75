"""Which partitions each role reaches: every role against every key of `dynamo/keys.py`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

import pytest

from chalicelib.analytics.counts.periods import bucket_of
from chalicelib.dynamo import keys
from tests.grants import Call, Grant, grants_of, read_template

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SAMPLES: dict[str, Any] = {
    "number": 1, "version": 1, "index": 1, "shard": 1, "created": NOW, "issued_at": NOW, "at": NOW, "due": NOW,
    "now": NOW, "since": NOW, "until": NOW, "start": NOW, "day": date(2026, 11, 22), "month": NOW, "months": 6,
    "slot": 1, "before": None, "after": None, "row_key": None, "bucket": bucket_of(NOW), "period": bucket_of(NOW),
    "first": bucket_of(NOW), "last": bucket_of(NOW), "whole": bucket_of(NOW).parent,
    "head": keys.Key("x", "x"), "section": "achievements",
    "queue": keys.TASKS,
}  # fmt: skip
"""Arguments of the functions in `keys` that are no texts, by name."""

PUBLIC = {"ACHIEVEMENT", "CATALOGUE", "VIEW_COUNTS", "CREDENTIAL", "DID", "IMAGE", "ISSUER", "LIST", "PUBLISHED"}
PUBLIC_ITEMS = {
    "issuer", "achievement", "achievements", "achievement_version", "achievement_versions", "list_pointer",
    "list_pointers", "pathway_links", "did_pointer", "record", "status_list", "image", "achievement_pointer",
    "catalogue_entry", "listings_after", "published", "view_counts", "view_counts_of",
}  # fmt: skip
"""The items in partitions that the functions for visitors may read. None may contain an email address of a person, a
secret, or anything else that is not for everyone."""
RECEIPTS = {"RECEIPT", "RECEIPT_VIEW"}
"""What visitors can read by an id that nobody can guess, and have written for them."""
TASK_READS = {
    "COMPLETIONS", "CREDENTIAL", "CREDENTIALS", "DEFERRED", "DELIVERY", "EMAILS", "HOLDINGS", "INDEX", "ISSUER", "JOB",
    "LIST", "MAILBOX", "PATHWAYS", "RECIPIENT", "RECRUITERS", "SAVED", "SURVEY", "SURVEY_ANSWERS", "TASKS",
}  # fmt: skip
"""Besides what holders publish, which tasks cannot list."""
TASK_PUTS = {
    "COMPLETIONS", "CREDENTIAL", "CREDENTIALS", "DEFERRED", "DELIVERY", "EMAILS", "HOLDER", "HOLDINGS", "INDEX",
    "ISSUER", "JOB", "JOBS", "LIST", "MAILBOX", "RECIPIENT", "SAVED", "TASKS",
}  # fmt: skip
READS = ("GetItem", "BatchGetItem", "Query")


EVENTS = {"EVENTS", "LATE"}
WRITTEN_EVENTS = EVENTS | {"LATE_DAYS"}
COUNTS = {"BUCKET_COUNTS", "CHUNKS", "FOLD", "HOUR_COUNTS"}


def each(actions: tuple[str, ...], prefixes: set[str]) -> dict[str, set[str]]:
    return dict.fromkeys(actions, prefixes)


TOMBSTONES = {"GetItem": {"TOMBSTONE"}}


EXPECTED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("PublicRole", "credentials"): {
        "GetItem": PUBLIC | {"COUNTS", "VERIFIER_KEY"}, "BatchGetItem": PUBLIC | RECEIPTS,
        "Query": {"CATALOGUE", "ISSUERS", "RECEIPT_KEYS", "SITEMAP"}, "PutItem": RECEIPTS,
    },
    ("PublicRole", "secrets"): {
        "GetItem": {"SALT"}, "BatchGetItem": {"CONVERSION_KEY", "SALT"},
        "PutItem": {"CONVERSION_KEY", "REFERRAL", "SALT"}, "UpdateItem": {"API_RATE", "LISTINGS_READ", "RECEIPTS_MADE"},
    },
    ("VerifyRole", "credentials"): {
        "GetItem": PUBLIC | {"VERIFIER_KEY"}, "BatchGetItem": PUBLIC | RECEIPTS, "Query": {"ISSUER_NAME"},
        "PutItem": RECEIPTS,
    },
    ("VerifyRole", "secrets"): {
        "GetItem": {"BATCH", "SALT"}, "BatchGetItem": {"SALT"}, "Query": {"BATCH"},
        "PutItem": {"BATCH", "KEY_CLAIM", "SALT"},
        "UpdateItem": {"API_RATE", "BATCHES_OF", "FETCHES", "LISTINGS_READ", "RECEIPTS_MADE"},
    },
    ("RunTasksRole", "credentials"): {
        "GetItem": {*TASK_READS, "PUBLISHED", "WATCHES"}, "BatchGetItem": {*TASK_READS, "PUBLISHED"},
        "Query": TASK_READS,
        "PutItem": TASK_PUTS, "DeleteItem": {"DEFERRED", "SAVED", "TASKS"},
    },
    ("RunTasksRole", "secrets"): {
        "GetItem": {"COUNT", "DRY_RUN", "LINK_REQUEST", "MAIL", "SIGNING_KEY", "WATCH_DELIVERIES"},
        "Query": {"COUNT", "DRY_RUN", "LINK_REQUEST", "MAIL", "SIGNING_KEY"},
        "PutItem": {"DRY_RUN", "HOLDER_LINKS", "MAIL", "SIGNING_KEY"}, "UpdateItem": {"COUNT"},
        "DeleteItem": {"LINK_REQUEST"},
    },
    ("UpdateDirectoryRole", "credentials"): {
        **each(("GetItem", "BatchGetItem"), {"CREDENTIAL", "ISSUER", "LIST", "PROFILE", "PUBLISHED", "RECIPIENT"}),
        "PutItem": {"TASKS"},
    },
    ("UpdateDirectoryRole", "events"): {},
    ("UpdateDirectoryRole", "secrets"): {},
    ("OnEmailEventRole", "credentials"): {
        "GetItem": {"CREDENTIAL", "DELIVERY", "EMAILS", "MAILBOX"},
        "PutItem": {"DELIVERY", "EMAILS", "MAILBOX"},
    },
    ("OnEmailEventRole", "secrets"): each(("GetItem", "PutItem"), {"MAIL"}),
    ("CleanUpKeysRole", "credentials"): {
        **each(READS, {"CREDENTIALS", "ISSUER", "ISSUERS", "LIST"}), "PutItem": {"ISSUER", "LIST", "RECEIPT_KEYS"},
    },
    ("CleanUpKeysRole", "secrets"): {},
    ("CountEventsRole", "credentials"): {
        **each(READS, {"CHUNKS", "VIEW_COUNTS", "COUNTS"}), "Query": {"CHUNKS", "VIEW_COUNTS", "COUNTS", "ENDPOINTS"},
        "PutItem": {"CHUNKS", "VIEW_COUNTS", "COUNTS", "ENDPOINT_TASKS"}, "DeleteItem": {"CHUNKS"},
    },
    ("CountEventsRole", "events"): {
        **each(READS, EVENTS | COUNTS), "PutItem": {"LATE"} | COUNTS, "DeleteItem": {"CHUNKS", "FOLD", "LATE"},
    },
    ("CountEventsRole", "secrets"): {"BatchGetItem": {"ENDPOINT_MESSAGES"}},
    ("SendMessagesRole", "credentials"): {
        "GetItem": {"ENDPOINTS"}, "Query": {"ENDPOINT_TASKS"}, "PutItem": {"ENDPOINTS", "ENDPOINT_TASKS", "TASKS"},
        "DeleteItem": {"ENDPOINT_TASKS"},
    },
    ("SendMessagesRole", "events"): {},
    ("RunBatchesRole", "credentials"): {
        **each(("GetItem", "BatchGetItem"), {"CREDENTIAL", "DID", "ISSUER", "LIST"}), "Query": {"ISSUER_NAME"},
    },
    ("RunBatchesRole", "events"): {},
    ("RunBatchesRole", "secrets"): each(("GetItem", "Query", "PutItem", "UpdateItem"), {"BATCH"}),
    ("RunBatchesRole", "erasures"): TOMBSTONES,
    ("RunWatchesRole", "credentials"): {
        **each(("GetItem", "BatchGetItem"), {"CREDENTIAL", "DID", "ISSUER", "LIST", "WATCHES"}),
        "Query": {"ISSUER_NAME", "WATCHED", "WATCHED_OF", "WATCHES", "WATCH_TASKS"},
        "PutItem": {"TASKS", "WATCHES", "WATCH_DELIVERIES", "WATCH_TASKS"},
        "DeleteItem": {"WATCHED", "WATCHED_OF", "WATCHES", "WATCH_TASKS"},
    },
    ("RunWatchesRole", "events"): {},
    ("RunWatchesRole", "secrets"): {
        "GetItem": {"WATCH_DELIVERIES"}, "PutItem": {"TASKS", "WATCHES", "WATCH_DELIVERIES", "WATCH_TASKS"},
        "UpdateItem": {"WATCH_CHECKS"},
    },
    ("RunWatchesRole", "erasures"): TOMBSTONES,
    ("SendMessagesRole", "secrets"): each(("GetItem", "PutItem"), {"ENDPOINT_MESSAGES"}),
    ("SendMessagesRole", "erasures"): {},
    ("IssuerRole", "events"): {**each(READS, COUNTS), "PutItem": WRITTEN_EVENTS},
    ("PublicRole", "events"): {"PutItem": WRITTEN_EVENTS},
    ("VerifyRole", "events"): {"PutItem": WRITTEN_EVENTS},
    ("RunTasksRole", "events"): {"PutItem": WRITTEN_EVENTS},
    ("OnEmailEventRole", "events"): {"PutItem": WRITTEN_EVENTS},
    ("SendSummariesRole", "credentials"): {
        **each(READS, {"CHUNKS", "COUNTS", "EMAILS", "ISSUER", "MAILBOX", "MEMBERS", "SUMMARIES"}),
        "PutItem": {"EMAILS", "SUMMARIES"}, "DeleteItem": {"SUMMARIES"},
    },
    ("SendSummariesRole", "events"): each(READS, COUNTS),
    ("SendSummariesRole", "secrets"): {**each(("GetItem", "Query"), {"MAIL"}), "PutItem": {"HOLDER_LINKS", "MAIL"}},
    ("SendSummariesRole", "erasures"): {},
    ("ArchiveEventsRole", "credentials"): {},
    ("ArchiveEventsRole", "events"): {"Query": {"EVENTS", "LATE_DAYS"}, "DeleteItem": {"LATE_DAYS"}},
    ("ArchiveEventsRole", "secrets"): {},
    ("ArchiveEventsRole", "erasures"): {"BatchGetItem": {"TOMBSTONE"}},
    **{(role, "erasures"): TOMBSTONES for role in ("PublicRole", "VerifyRole", "IssuerRole", "RunTasksRole")},
    ("OnEmailEventRole", "erasures"): TOMBSTONES,
    ("ErasePeopleRole", "erasures"): each(("GetItem", "PutItem"), {"TOMBSTONE"}),
    ("CleanUpKeysRole", "erasures"): {},
    ("CountEventsRole", "erasures"): {},
    ("RotateSecretsRole", "erasures"): {},
    ("RotateSecretsRole", "credentials"): {},
    ("RotateSecretsRole", "secrets"): {
        **each(("Query", "DeleteItem"), {"SALT", "SIGNING_KEY"}), "PutItem": {"SALT"},
    },
}  # fmt: skip
UNLIMITED = {"IssuerRole", "ErasePeopleRole"}
"""Roles that reach every partition of some tables: a trace of a person can be in each."""
OF_THE_ISSUER_FUNCTION = {
    "CONSENTS", "CONVERSION", "HIDDEN_PROFILE", "ISSUER_REPORTS", "KNOWN_PERSON", "MANUAL_CHECK", "MEMBERS",
    "MESSAGE", "OPERATOR", "OPERATOR_REPORTS", "OUTCOMES", "OUTCOMES_OF", "OUTCOME_NAMES", "PERSON", "PROFILE",
    "RELAYED", "REPORTED_SENDER", "REPORTER", "REPORTS_OF", "SESSIONS", "SIGN_IN", "TOKEN", "TOKENS", "VERIFIER",
    "VERIFIERS_OF", "VISITOR_REPORT", "WEBHOOK", "WEBHOOKS",
}  # fmt: skip
ACTIONS = (*READS, "PutItem", "UpdateItem", "DeleteItem")


def partitions() -> dict[str, str]:
    """A partition key of every function in `keys` that makes one, by the name of the function."""
    made = {}
    for name, function in inspect.getmembers(keys, inspect.isfunction):
        signature = inspect.signature(function)
        if name.startswith("directory_"):
            continue  # every role reads all of that table, or nothing: it contains only what holders show to everyone
        if signature.return_annotation in ("Key", "Range") and not name.startswith("_"):
            made[name] = function(**{each: SAMPLES.get(each, "x") for each in signature.parameters}).pk
    hours = keys.part_counts_of_all(bucket_of(NOW).parent.parent).pk
    queued = {name: keys.task(NOW, "x", "x", "x", name).pk for name in (keys.ENDPOINT_TASKS, keys.WATCH_TASKS)}
    return {**made, "operator_tokens": keys.tokens(None).pk, "hour_counts": hours, **queued}


PARTITIONS = partitions()


@pytest.fixture(scope="module")
def resources() -> Mapping[str, Any]:
    return read_template()


def reached(grants: list[Grant], action: str, table: str) -> set[str]:
    """The prefixes of the partitions that ``grants`` reach."""
    found = {pk for pk in PARTITIONS.values() if Call(action, table, frozenset([pk])).allowed(grants)}
    return {pk.partition("#")[0] for pk in found}


def test_a_prefix_names_one_kind_of_partition() -> None:
    """Otherwise a pattern would reach more than it says: `ISSUER#*` must not match an issuer's jobs."""
    lengths = {(pk.partition("#")[0], pk.count("#")) for pk in PARTITIONS.values()}
    assert len(lengths) == len({prefix for prefix, _ in lengths})


def test_only_public_items_are_in_partitions_that_visitors_may_read(resources: Mapping[str, Any]) -> None:
    for role in ("PublicRole", "VerifyRole"):
        grants = grants_of(resources, role)
        read = {
            name for name, pk in PARTITIONS.items() if Call("GetItem", "credentials", frozenset([pk])).allowed(grants)
        }
        # What an API key permits, under the hash of the key: only who has the key can find it.
        assert read == PUBLIC_ITEMS | {"verifier_key"} | (
            {"counts", "counts_between"} if role == "PublicRole" else set()
        )


@pytest.mark.parametrize(("role", "table"), EXPECTED)
def test_role_reaches_exactly_what_it_needs(resources: Mapping[str, Any], role: str, table: str) -> None:
    grants = grants_of(resources, role)
    found = {action: reached(grants, action, table) for action in ACTIONS}
    assert {action: prefixes for action, prefixes in found.items() if prefixes} == EXPECTED[role, table]


def test_every_role_but_the_issuers_is_limited_to_partitions(resources: Mapping[str, Any]) -> None:
    roles = {name for name, found in resources.items() if found["Type"] == "AWS::IAM::Role"}
    assert roles == {role for role, _ in EXPECTED}


def test_only_the_role_that_erases_may_scan(resources: Mapping[str, Any]) -> None:
    found = {
        role
        for role, _ in EXPECTED
        for table in ("credentials", "events", "secrets", "erasures")
        if reached(grants_of(resources, role), "Scan", table)
    }
    assert found == {"ErasePeopleRole"}


def test_visitors_only_read_the_directory_and_three_background_functions_change_it(
    resources: Mapping[str, Any],
) -> None:
    reaching = {
        role: {action for grant in grants_of(resources, role) if grant.table == "directory" for action in grant.actions}
        for role in {role for role, _ in EXPECTED}
    }
    changes = {*READS, "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
    assert {role: actions for role, actions in reaching.items() if actions} == {
        "PublicRole": set(READS), "VerifyRole": set(READS), "UpdateDirectoryRole": changes, "RunTasksRole": changes,
        "ErasePeopleRole": {"Scan", "GetItem", "BatchGetItem", "PutItem", "DeleteItem", "BatchWriteItem"},
    }  # fmt: skip


def test_every_granted_partition_exists(resources: Mapping[str, Any]) -> None:
    """A pattern for a partition that no longer exists would be a grant for whatever gets its name next."""
    patterns = {
        pattern
        for role, _ in EXPECTED
        for grant in grants_of(resources, role)
        if (role not in UNLIMITED or grant.table in ("events", "erasures")) and grant.table != "directory"
        for pattern in grant.partitions
    }
    assert [one for one in patterns if not any(fnmatchcase(pk, one) for pk in PARTITIONS.values())] == []


@pytest.mark.parametrize("role", sorted({role for role, _ in EXPECTED} - UNLIMITED))
def test_no_other_role_reaches_members_api_keys_sessions_reports_or_webhooks(
    resources: Mapping[str, Any], role: str
) -> None:
    # From a credential whose status changed, the directory finds the profile that shows it.
    allowed = {("UpdateDirectoryRole", action): {"PROFILE"} for action in ("GetItem", "BatchGetItem")}
    # Who is no longer a member gets no summary.
    allowed |= {("SendSummariesRole", action): {"MEMBERS"} for action in READS}
    grants = grants_of(resources, role)
    for table, action in product(("credentials", "secrets"), ACTIONS):
        found = reached(grants, action, table) & OF_THE_ISSUER_FUNCTION
        assert found == (allowed.get((role, action), set()) if table == "credentials" else set())
