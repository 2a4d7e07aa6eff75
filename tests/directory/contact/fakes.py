"""`directory.contact.ports.ContactStore` in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.directory.contact.message import Message
from chalicelib.directory.contact.ports import Relayed, SenderReport


@dataclass
class ContactStore:
    """See the port."""

    messages: dict[str, Message] = field(default_factory=dict)
    links: dict[str, Relayed] = field(default_factory=dict)
    reports: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        self.messages[message.digest] = message

    def message(self, digest: str, now: datetime) -> Message | None:
        found = self.messages.get(digest)
        return found if found is not None and now < found.expires else None

    def take(self, message: Message) -> bool:
        return self.messages.pop(message.digest, None) is not None

    def add_relayed(self, relayed: Relayed) -> None:
        self.links[relayed.digest] = relayed

    def relayed(self, digest: str, now: datetime) -> Relayed | None:
        found = self.links.get(digest)
        return found if found is not None and now < found.expires else None

    def report(self, sender: str, holder_id: str, expires: datetime) -> None:
        self.reports[sender, holder_id] = expires

    def reports_of(self, holder_id: str, now: datetime) -> tuple[SenderReport, ...]:
        own = (SenderReport(*key, expires) for key, expires in sorted(self.reports.items()) if key[1] == holder_id)
        return tuple(one for one in own if now < one.expires)

    def reported_by(self, sender: str, now: datetime) -> frozenset[str]:
        return frozenset(holder for (each, holder), expires in self.reports.items() if each == sender and now < expires)
