"""A limit on failed connections of one request to one address. Any number of names can lead to the same server."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.deadline import Deadline

MAX_FAILURES = 3
"""Maximum failures: as many as the HTTP requests that one host may get (`budget.MAX_PER_HOST`)."""


class AddressLimit:
    """The connections of one request by address. Thread-safe.

    Connections that succeed are not limited here: many honest hosts share the addresses of a content delivery network.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._trying: Counter[Address] = Counter()
        self._failed: Counter[Address] = Counter()

    def enter(self, addresses: Sequence[Address], deadline: Deadline) -> bool:
        """Start to connect to one of ``addresses``; False when too many attempts have failed.

        Waits while as many attempts are in progress as may fail. Raises `TimeoutError` at the deadline.
        """
        with self._changed:
            while any(self._trying[each] + self._failed[each] >= MAX_FAILURES for each in addresses):
                if any(self._failed[each] >= MAX_FAILURES for each in addresses):
                    return False
                if not self._changed.wait(max(deadline.left(), 0)):
                    raise TimeoutError
            self._trying.update(addresses)
            return True

    def leave(self, addresses: Sequence[Address], *, connected: bool) -> None:
        """End an attempt that `enter` started."""
        with self._changed:
            self._trying.subtract(addresses)
            if not connected:
                self._failed.update(addresses)
            self._changed.notify_all()
