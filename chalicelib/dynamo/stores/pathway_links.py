"""The pathway links that a view reads: one small item per achievement, written when a pathway is saved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Self

from pynamodb.attributes import UnicodeAttribute

from chalicelib.award.pathways.pathway import PathwayLink, Step
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item


class PathwayLinksItem(Item, discriminator="signposts"):
    """The pathways that an achievement is a step of, as shown on the pages of its credentials."""

    posts = UnicodeAttribute()

    @classmethod
    def of(cls, issuer_id: str, achievement_id: str, pathway_links: Sequence[PathwayLink]) -> Self:
        posts = [
            {
                "pathway_id": post.pathway_id,
                "pathway": post.pathway,
                "next": [[step.achievement_id, step.name, step.url] for step in post.next],
                "reward": post.reward,
            }
            for post in pathway_links
        ]
        return cls(
            *keys.pathway_links(issuer_id, achievement_id),
            posts=json.dumps(posts, ensure_ascii=False, separators=(",", ":")),
        )

    def to_domain(self) -> tuple[PathwayLink, ...]:
        return tuple(
            PathwayLink(
                post["pathway_id"],
                post["pathway"],
                tuple(Step(achievement_id, name, None, url) for achievement_id, name, url in post["next"]),
                post["reward"],
            )
            for post in json.loads(self.posts)
        )
