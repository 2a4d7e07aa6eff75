from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.credential.record import State
from chalicelib.errors import Conflict
from tests.contract import samples
from tests.contract.conftest import Storage


@pytest.fixture
def issued(storage: Storage):
    issuer = samples.issuer()
    lists = samples.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    record = samples.record(index=131_071)
    storage.issuer_store.add_record(record)
    return record, lists[0]


def test_revocation_is_visible_to_the_next_read(storage: Storage, issued):
    record, revocation = issued
    changed, marked = samples.revoked(record), samples.with_bit(revocation, 131_071)
    storage.issuer_store.replace_status(changed, [marked])
    assert storage.public_store.record(record.id).status.state is State.REVOKED
    assert storage.public_store.record(record.id) == changed
    assert storage.public_store.status_list(revocation.id) == marked
    assert storage.public_store.related_items(changed, samples.NOW.date()).status_lists[revocation.id] == marked


def test_stale_status_write_conflicts(storage: Storage, issued):
    record, revocation = issued
    storage.issuer_store.replace_status(samples.revoked(record), [samples.with_bit(revocation, 131_071)])
    late = samples.revoked(record, at=samples.NOW + timedelta(hours=2))
    with pytest.raises(Conflict):
        storage.issuer_store.replace_status(late, [])
    assert storage.public_store.record(record.id) == samples.revoked(record)


def test_stale_list_write_does_not_overwrite_another_credentials_bit(storage: Storage, issued):
    record, revocation = issued
    other = samples.record("d" * 26, index=3)
    storage.issuer_store.add_record(other)
    storage.issuer_store.replace_status(samples.revoked(record), [samples.with_bit(revocation, 131_071)])
    with pytest.raises(Conflict):
        storage.issuer_store.replace_status(samples.revoked(other), [samples.with_bit(revocation, 3)])
    assert storage.public_store.record(other.id) == other
    now = storage.issuer_store.status_list(revocation.id)
    storage.issuer_store.replace_status(samples.revoked(other), [samples.with_bit(now, 3)])
    bits = storage.public_store.status_list(revocation.id).bits
    assert (bits[0], bits[-1]) == (0x10, 0x01)


def test_missing_credential_cannot_be_revoked(storage: Storage):
    with pytest.raises(Conflict):
        storage.issuer_store.replace_status(samples.revoked(samples.record("n" * 26)), [])


def test_status_change_is_idempotent(storage: Storage, issued):
    record, revocation = issued
    for _ in range(2):
        storage.issuer_store.replace_status(samples.revoked(record), [samples.with_bit(revocation, 131_071)])
    assert storage.public_store.status_list(revocation.id).version == 2


def test_16_concurrent_writers_that_retry_lose_no_bit(storage: Storage, issued):
    _, revocation = issued
    records = [samples.record(f"{number:026}", index=number * 8) for number in range(16)]
    for record in records:
        storage.issuer_store.add_record(record)

    def revoke(record) -> None:
        while True:
            now = storage.issuer_store.status_list(revocation.id)
            try:
                storage.issuer_store.replace_status(
                    samples.revoked(record), [samples.with_bit(now, record.entries[0].index)]
                )
            except Conflict:
                continue
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(revoke, records))
    final = storage.public_store.status_list(revocation.id)
    assert final.bits[:16] == b"\x80" * 16
    assert final.version == 17
