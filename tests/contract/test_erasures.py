"""Storage of erasures on the real engine, which the sweep needs; what is asked for, also on the fake."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from chalicelib.award.bulk.bulk_issuer import UploadSummary
from chalicelib.award.bulk.dry_run import DryRun
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.upload import RowError
from chalicelib.delivery import mailbox
from chalicelib.delivery.email_events import recipient
from chalicelib.directory.contact.message import Draft, Message
from chalicelib.directory.contact.ports import Relayed
from chalicelib.directory.listing import Listing
from chalicelib.directory.saved.saved import Entry, Saved
from chalicelib.directory.writing import buffer, writer
from chalicelib.directory.writing.check import check
from chalicelib.directory.writing.rebuild import rebuild
from chalicelib.directory.writing.step import Delisting
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.credentials import RecordItem
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.award.dry_runs import DynamoDryRuns
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.directory.contact import DynamoContactStore
from chalicelib.dynamo.stores.directory.saved import DynamoSavedStore
from chalicelib.dynamo.stores.directory.writer import DynamoIndexWriter
from chalicelib.dynamo.stores.erasure.erasures import DynamoErasureStore
from chalicelib.dynamo.stores.public import DynamoPublicStore
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.stores.verifiers import DynamoGrantStore, DynamoVerifierStore
from chalicelib.dynamo.tables import Put, Tables
from chalicelib.erasure.erasure import Erasure, ErasureStore, ErasureTarget, RequestedBy, State, Sweep
from chalicelib.errors import Conflict, Erased, NotFound, Unavailable
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import ApiKey, Verifier
from tests.analytics.fakes import EventArchive
from tests.contract.samples import NOW, RETENTION, issuer, record, status_lists
from tests.erasure import fakes

EMAIL = "ada@example.org"
ERASURE = Erasure("acme", mailbox.digest(EMAIL), EMAIL, None, RequestedBy.ISSUER, NOW, NOW + timedelta(days=7))


@pytest.fixture
def real(tables: Tables) -> DynamoErasureStore:
    return DynamoErasureStore(tables, DynamoCountStore(tables, RETENTION), EventArchive(), Random(1).randbytes)


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> ErasureStore:
    return fakes.ErasureStore() if request.param == "fake" else request.getfixturevalue("real")  # type: ignore[return-value]


def test_erasure_is_stored_once(store: ErasureStore) -> None:
    assert store.add(ERASURE)
    assert not store.add(replace(ERASURE, requested_at=NOW + timedelta(hours=1)))
    assert store.erasure("acme", ERASURE.subject) == ERASURE
    assert store.erasure(None, ERASURE.subject) is None


def test_issuer_sees_its_own_erasures_only(store: ErasureStore) -> None:
    for issuer_id in ("acme", "acme-2", None):
        store.add(replace(ERASURE, issuer_id=issuer_id))
    assert list(store.of_issuer("acme")) == [ERASURE]
    assert len(list(store.erasures())) == 3


def test_erasure_that_waits_is_cancelled_and_one_that_has_begun_is_not(store: ErasureStore) -> None:
    store.add(ERASURE)
    store.cancel(ERASURE)
    store.cancel(ERASURE)  # safe to repeat
    assert store.erasure("acme", ERASURE.subject) is None


def test_erasure_that_begins_at_the_same_moment_is_not_cancelled(real: DynamoErasureStore) -> None:
    real.add(ERASURE)
    begun = real.replace(replace(ERASURE, state=State.ERASING))
    for seen in (ERASURE, begun):
        with pytest.raises(Conflict):
            real.cancel(seen)
    with pytest.raises(Conflict):
        real.replace(replace(ERASURE, state=State.ERASING, due=NOW))
    assert real.erasure("acme", ERASURE.subject) == begun


def test_erased_credential_is_told_from_one_that_never_was(real: DynamoErasureStore, tables: Tables) -> None:
    public, credential = DynamoPublicStore(tables), record()
    with pytest.raises(NotFound) as absent:
        public.record(credential.id)
    assert not isinstance(absent.value, Erased)
    tables.put(tables.credentials, Put(RecordItem.of(credential).raw()))
    for _ in range(2):  # safe to repeat
        real.delete_credential(ERASURE, credential, EMAIL, NOW)
    with pytest.raises(Erased):
        public.record(credential.id)
    assert real.ids(ERASURE) == {credential.id}


def test_index_of_an_erased_credential_stays_used_and_its_list_unchanged(
    real: DynamoErasureStore, tables: Tables
) -> None:
    store, credential, lists = DynamoIssuerStore(tables), record(), status_lists(issuer())
    store.add_issuer(issuer(), lists)
    store.add_record(credential)
    real.delete_credential(ERASURE, credential, EMAIL, NOW)
    for entry, before in zip(credential.entries, lists, strict=True):
        assert store.taken(entry.list_id, [entry.index]) == {entry.index}
        assert store.status_list(entry.list_id) == before
    assert not [kind for kind, _ in real.find([credential.id]) if kind != "secrets: erased_id"]


def test_dry_run_whose_upload_was_deleted_before_an_interruption_goes_too(
    real: DynamoErasureStore, tables: Tables
) -> None:
    """The errors in it quote the upload."""
    runs, errors = DynamoDryRuns(tables), (RowError(1, "email", "invalid", f"{EMAIL}, twice"),)
    for issuer_id in ("acme", "other"):
        run = DryRun("d" * 26, issuer_id, Terms("a", notify=False), False, None, None, NOW, "cli")
        runs.add(replace(run, summary=UploadSummary(1, 1, 0, errors, ())), zlib.compress(EMAIL.encode()))
        tables.delete(tables.secrets, keys.dry_run_part(issuer_id, run.id, 0))
    assert list(real.sweep(Sweep(NOW), [ErasureTarget(ERASURE, frozenset())]))[-1].changed == 1
    with pytest.raises(NotFound):
        runs.dry_run("acme", "d" * 26, NOW)
    assert runs.dry_run("other", "d" * 26, NOW).summary.row_errors == errors


def test_item_of_an_unknown_kind_with_a_trace_stops_the_sweep(real: DynamoErasureStore, tables: Tables) -> None:
    item = {"pk": {"S": "NEW#1"}, "sk": {"S": "NEW"}, "type": {"S": "new"}, "email": {"S": EMAIL}}
    tables.put(tables.credentials, Put(item))
    everything = replace(ERASURE, issuer_id=None)
    with pytest.raises(Unavailable) as found:
        list(real.sweep(Sweep(NOW), [ErasureTarget(everything, frozenset())]))
    assert found.value.code == "no_erasure_rule"


HOLDER, OTHER, CREDENTIAL = "a" * 26, "b" * 26, "c" * 26
LISTING = Listing(HOLDER, 1, NOW, "Adaora Quillfeather", "Analyst", "Lagos", skills=("Beekeeping",))
BESIDE = replace(LISTING, id=OTHER, name="Ben Okonkwo", skills=("Weaving",), newest=(CREDENTIAL, "d" * 26))


def sweep(store: DynamoErasureStore, erasure: Erasure, *ids: str) -> int:
    """How much a pass changes."""
    return list(store.sweep(Sweep(NOW), [ErasureTarget(erasure, frozenset(ids))]))[-1].changed


@pytest.fixture(params=[0, 400], ids=["with postings", "in the write buffer"])
def index(tables: Tables, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> DynamoIndexWriter:
    monkeypatch.setattr(buffer, "MAX_TERMS", request.param)
    index = DynamoIndexWriter(tables)
    for one in (HOLDER, OTHER):
        index.next_version(one)
    writer.apply(index, [LISTING, BESIDE])
    return index


def test_erased_holder_leaves_nothing_in_the_directory(
    real: DynamoErasureStore, tables: Tables, index: DynamoIndexWriter
) -> None:
    """Also if the update that follows the deletion of a profile never came."""
    words = [HOLDER, "quillfeather", "beekeeping"]
    where = "BUFFER" if index.buffer(writer.FIRST).rows else "PIECE"
    assert {kind for kind, _ in real.find(words)} == {
        f"directory: {kind}" for kind in ("HOLDERS", "CARDS", "NAMES", where, "SUGGEST", "UPDATES")
    }
    everything = replace(ERASURE, issuer_id=None)
    assert sweep(real, everything, HOLDER) > 0
    assert sweep(real, everything, HOLDER) == 0
    assert list(real.find(words)) == []
    assert index.entries(writer.FIRST, [OTHER])[OTHER].listing == BESIDE
    assert not check(index, writer.FIRST, [BESIDE])
    assert list(DynamoTaskQueue(tables).due(NOW, 10)) == []


def test_delisted_holder_leaves_no_marker_when_erased(real: DynamoErasureStore, index: DynamoIndexWriter) -> None:
    writer.apply(index, [Delisting(HOLDER, 2)])
    assert list(real.find([HOLDER]))
    sweep(real, replace(ERASURE, issuer_id=None), HOLDER)
    assert list(real.find([HOLDER])) == []


def test_erased_credential_leaves_the_listing_that_shows_it(
    real: DynamoErasureStore, tables: Tables, index: DynamoIndexWriter
) -> None:
    assert sweep(real, ERASURE, CREDENTIAL) > 0
    assert sweep(real, ERASURE, CREDENTIAL) == 0
    assert list(real.find([CREDENTIAL])) == []
    assert not check(index, writer.FIRST, [LISTING, replace(BESIDE, newest=BESIDE.newest[1:])])
    # What else follows from the credential is read again.
    assert [task.subject for task in DynamoTaskQueue(tables).due(NOW, 10)] == [OTHER]


def test_holder_erased_while_the_directory_is_loaded_leaves_it_when_that_is_done(
    real: DynamoErasureStore, index: DynamoIndexWriter
) -> None:
    """A rebuild writes the words of all entries at the end, from memory: without the entry no one would remove them."""
    everything = replace(ERASURE, issuer_id=None)
    load = rebuild(index, lambda: [LISTING, BESIDE], "new")
    next(load)  # the entries
    assert sweep(real, everything, HOLDER) > 0
    assert HOLDER in index.entries("new", [HOLDER])
    deque(load, maxlen=0)
    sweep(real, everything, HOLDER)
    assert sweep(real, everything, HOLDER) == 0
    assert list(real.find([HOLDER, "quillfeather"])) == []
    assert not check(index, "new", [BESIDE])


def test_item_of_an_unknown_kind_in_the_directory_stops_the_sweep(real: DynamoErasureStore, tables: Tables) -> None:
    tables.put(tables.directory, Put({"pk": {"S": "first#NEW#1"}, "sk": {"S": "1"}, "d": {"B": b"1"}}))
    with pytest.raises(Unavailable) as found:
        sweep(real, ERASURE, CREDENTIAL)
    assert found.value.code == "no_erasure_rule"


def test_what_is_left_names_nobody(real: DynamoErasureStore, tables: Tables) -> None:
    scan: Callable[[], list[dict[str, object]]] = lambda: tables.client.scan(TableName=tables.erasures)["Items"]  # noqa: E731
    real.delete_credential(ERASURE, record(), EMAIL, NOW)
    real.delete_mailbox(ERASURE.subject, NOW)
    real.finish(ERASURE)
    assert {frozenset(item) for item in scan()} == {frozenset({"pk", "sk", "type", "at"})}
    assert not list(real.find([EMAIL, ERASURE.subject, record().id]))


def test_erased_person_leaves_no_verifier_and_no_key_that_works(real: DynamoErasureStore, tables: Tables) -> None:
    store, grants = DynamoVerifierStore(tables), DynamoGrantStore(tables)
    for number, email in enumerate((EMAIL, "grace@agency.example")):
        made = store.create(Verifier(f"01KB00000000000000000000{number}A", "Jobs", email, NOW))
        key = ApiKey(str(number) * 16, "production", frozenset({Scope.VERIFY}), str(number) * 64, NOW)
        store.save(made, replace(made, keys=(key,)))
    digest = mailbox.digest(EMAIL)
    assert sweep(real, replace(ERASURE, issuer_id=None), HOLDER) == 3
    assert not list(real.find([EMAIL, digest]))
    assert grants.grant("0" * 64) is None
    assert grants.grant("1" * 64) is not None
    assert len(store.of_owner("grace@agency.example")) == 1


def test_erased_person_leaves_no_message_and_no_saved_list(real: DynamoErasureStore, tables: Tables) -> None:
    """As a recruiter, as someone saved, as a sender who waits or was reported, and as the holder who got a message."""
    store, digest, later = DynamoContactStore(tables), mailbox.digest(EMAIL), NOW + timedelta(days=90)
    draft = Draft("Ada", "", "Rivers?")
    store.add(Message("1" * 64, OTHER, EMAIL, draft, later))
    store.add(Message("2" * 64, HOLDER, "grace@agency.example", draft, later))
    store.add(Message("3" * 64, OTHER, "grace@agency.example", draft, later))
    store.add_relayed(Relayed("4" * 64, digest, HOLDER, "s" * 64, later, None))
    store.add_relayed(Relayed("5" * 64, "m" * 64, OTHER, recipient(EMAIL), later, "o" * 64))
    store.report(recipient(EMAIL), OTHER, later)
    store.report("s" * 64, HOLDER, later)
    saved = DynamoSavedStore(tables)
    saved.save(Saved(digest, EMAIL, (Entry(OTHER, NOW),)))
    saved.save(Saved("n" * 64, "grace@agency.example", (Entry(HOLDER, NOW), Entry(OTHER, NOW)), (Entry("q=a", NOW),)))
    assert sweep(real, replace(ERASURE, issuer_id=None), HOLDER) == 10
    assert not list(real.find([EMAIL, digest, recipient(EMAIL), HOLDER]))
    assert store.message("3" * 64, NOW) is not None
    left = saved.saved("n" * 64)
    assert left is not None
    assert [one.value for one in left.people] == [OTHER]
