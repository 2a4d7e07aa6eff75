"""What an issuer does with pathways: write them, see how far a holder has come and what stands behind a completion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.award.pathways import Completion, Pathway, Signpost


@dataclass(frozen=True, slots=True)
class Atlas:
    """What all pathways of one issuer share. Each change of one of them is a new ``version``, so that two at the same
    time cannot make together what each of them alone may not, such as a cycle."""

    issuer_id: str
    secret: bytes
    """Makes the ids of completions; it never changes."""
    version: int = 1


class Pathways(Protocol):
    """Where pathways are stored. Every method raises `Unavailable` when storage does not answer."""

    def atlas(self, issuer_id: str) -> Atlas | None:
        """Strongly read; None before the first pathway."""

    def pathway(self, issuer_id: str, pathway_id: str) -> Pathway:
        """Its newest version. Raises `NotFound`."""

    def version(self, issuer_id: str, pathway_id: str, version: int) -> Pathway:
        """One version, as it was saved. Raises `NotFound`."""

    def pathways(self, issuer_id: str) -> Iterator[Pathway]:
        """The newest versions of all, archived ones too."""

    def signposts(self, issuer_id: str, achievement_id: str) -> tuple[Signpost, ...]:
        """The pathways that an achievement is a step of, but no archived one."""

    def save(self, atlas: Atlas, pathway: Pathway, signposts: Mapping[str, Sequence[Signpost]]) -> None:
        """Store a new version of ``pathway``, the next version of ``atlas``, and all signposts of the achievements
        named (by their ids; none of an achievement that leads nowhere now), all or nothing.

        Raises `Conflict` when another writer was first.
        """

    def complete(self, completion: Completion) -> None:
        """Store a completion, unless one with its id is there."""

    def completion(self, issuer_id: str, pathway_id: str, completion_id: str) -> Completion | None:
        """Strongly read."""

    def completions(self, issuer_id: str, pathway_id: str, after: str | None, limit: int) -> Sequence[Completion]:
        """Those of all versions, by id: the first ``limit`` of them after the id ``after``."""
