"""The pathway links that a view reads: one small item per achievement, written when a pathway is saved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Self

from pynamodb.attributes import UnicodeAttribute

from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item


class PathwayLinksItem(Item, discriminator="pathway_links"):
    """The pathways that an achievement is a step of, as shown on the pages of its credentials."""

    links = UnicodeAttribute()

    @classmethod
    def of(cls, issuer_id: str, achievement_id: str, pathway_links: Sequence[PathwayLink]) -> Self:
        links = [
            {
                "pathway_id": link.pathway_id,
                "pathway": link.pathway,
                "next": [[step.achievement_id, step.name, step.url] for step in link.next],
                "reward": link.reward,
                "steps": link.steps,
                "place": link.place,
            }
            for link in pathway_links
        ]
        return cls(
            *keys.pathway_links(issuer_id, achievement_id),
            links=json.dumps(links, ensure_ascii=False, separators=(",", ":")),
        )

    def to_domain(self) -> tuple[PathwayLink, ...]:
        return tuple(
            PathwayLink(
                link["pathway_id"],
                link["pathway"],
                tuple(Step(achievement_id, name, None, url) for achievement_id, name, url in link["next"]),
                link["reward"],
                link["steps"],
                link["place"],
            )
            for link in json.loads(self.links)
        )
