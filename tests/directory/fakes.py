"""In-memory ports of the directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.directory.profiles.consent import Audience, ConsentEntry
from chalicelib.directory.profiles.profile import Profile
from chalicelib.directory.profiles.published import Published, Views
from chalicelib.errors import Conflict


@dataclass
class ProfileStore:
    """`directory.profiles.ports.ProfileStore` and `PublishedStore`."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    ledgers: dict[str, tuple[ConsentEntry, ...]] = field(default_factory=dict)
    public: dict[str, Published] = field(default_factory=dict)
    recruiters: dict[str, Published] = field(default_factory=dict)
    hidden_at: dict[str, datetime] = field(default_factory=dict)

    def profile(self, mailbox: str) -> Profile | None:
        return self.profiles.get(mailbox)

    def entries(self, mailbox: str) -> tuple[ConsentEntry, ...]:
        return self.ledgers.get(mailbox, ())

    def save(self, profile: Profile, entry: ConsentEntry | None, views: Views) -> Profile:
        stored = self.profiles.get(profile.mailbox)
        after = replace(profile, version=profile.version + 1)
        if stored == after:
            return after
        if (stored.version if stored else 0) != profile.version or (views and profile.holder_id in self.hidden_at):
            raise Conflict("changed in the meantime")
        self.profiles[profile.mailbox] = after
        if entry is not None:
            self.ledgers[profile.mailbox] = (*self.entries(profile.mailbox), entry)
        for audience, copies in ((Audience.PUBLIC, self.public), (Audience.RECRUITERS, self.recruiters)):
            copies.pop(profile.holder_id, None)
            if audience in views:
                copies[profile.holder_id] = views[audience]
        return after

    def hidden(self, holder_id: str) -> datetime | None:
        return self.hidden_at.get(holder_id)

    def hide(self, holder_id: str, at: datetime) -> None:
        self.public.pop(holder_id, None)
        self.recruiters.pop(holder_id, None)
        self.hidden_at[holder_id] = at

    def unhide(self, holder_id: str) -> None:
        self.hidden_at.pop(holder_id, None)

    def delete(self, profile: Profile) -> None:
        self.save(profile, None, {})
        self.ledgers.pop(profile.mailbox, None)
        del self.profiles[profile.mailbox]

    def published(self, holder_id: str) -> Published | None:
        return self.public.get(holder_id)

    def listed(self, shard: str, now: datetime, limit: int) -> list[str]:
        found = (one for one in self.public.values() if one.indexed and one.is_current(now))
        return sorted(one.holder_id for one in found if one.holder_id.startswith(shard))[:limit]

    def published_many(self, holder_ids: Sequence[str]) -> Mapping[str, Published]:
        return {one: self.public[one] for one in holder_ids if one in self.public}

    def for_recruiters(self, holder_ids: Sequence[str]) -> Mapping[str, Published]:
        return {one: self.recruiters[one] for one in holder_ids if one in self.recruiters}

    def all_ids(self) -> Iterator[str]:
        return iter(sorted(self.public))
