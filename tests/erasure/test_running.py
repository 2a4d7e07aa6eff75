"""What a run does with erasures that wait, and with one that is never finished; the rest is in `tests/crash`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from chalicelib.delivery import mailbox
from chalicelib.erasure import running
from chalicelib.erasure.erasure import Erasure, ErasureStore, RequestedBy, State, Sweep
from chalicelib.erasure.requests import ErasureContext
from chalicelib.erasure.running import LATE
from chalicelib.errors import Unavailable
from tests.delivery.fake_delivery import EMAIL, DeliveryFixture
from tests.directory.fakes import ProfileStore
from tests.erasure import fakes


class Store(fakes.ErasureStore):
    """Has no sweep yet."""

    def current_sweep(self) -> Sweep | None:
        return None


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def context(store: Store) -> ErasureContext:
    delivery = DeliveryFixture().delivery_context
    return ErasureContext(cast(ErasureStore, store), ProfileStore(), delivery, timedelta(days=7))


def erasure(context: ErasureContext, after: timedelta) -> Erasure:
    now = context.delivery_context.now()
    return Erasure(None, mailbox.digest(EMAIL), EMAIL, None, RequestedBy.HOLDER, now, now + after, changed_at=now)


def test_erasure_that_is_not_due_stays_as_it_is(context: ErasureContext, store: Store) -> None:
    waiting = erasure(context, timedelta(seconds=1))
    store.add(waiting)
    result = running.run(context, context.delivery_context.now() + timedelta(minutes=1))
    assert (list(store.erasures()), result.waiting) == ([waiting], 0)


@pytest.mark.parametrize(("late", "is_error"), [(timedelta(), False), (LATE, True)], ids=["begun", "late"])
def test_erasure_that_is_never_finished_is_an_error(
    context: ErasureContext, store: Store, late: timedelta, *, is_error: bool
) -> None:
    store.add(replace(erasure(context, -late), state=State.SWEEPING))
    until = context.delivery_context.now() + timedelta(minutes=1)
    if not is_error:
        assert running.run(context, until).waiting == 1
        return
    with pytest.raises(Unavailable) as found:
        running.run(context, until)
    assert found.value.code == "erasure_late"
