"""What the items of all tables share, as PynamoDB models: each is made `of` a noun and gives the noun back.

The models say what an item holds and how it is written; they are not bound to a table (tables.py does the calls).
Where an item is read in one module only, its model stands there.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import fields
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

from pynamodb.attributes import DiscriminatorAttribute, MapAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from chalicelib.dynamo.tables import Raw
from chalicelib.errors import Unavailable

N_co = TypeVar("N_co", covariant=True)
N = TypeVar("N")
M = TypeVar("M", bound=MapAttribute[str, Any])


class Item(Model):
    """What every item has. ``type`` says which model it is."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()

    def raw(self) -> Raw:
        """The item as DynamoDB's API writes it."""
        raw: Raw = self.serialize()
        return raw


def epoch(at: datetime) -> int:
    """``at`` as DynamoDB's time to live wants it; what is deleted a second late is not believed meanwhile."""
    return math.ceil(at.timestamp())


class Readable(Protocol[N_co]):
    """A model that gives a noun back."""

    @classmethod
    def from_raw_data(cls, data: Raw) -> Self:
        """The item in ``data``, of the model that its ``type`` names."""

    def serialize(self) -> Raw:
        """The item as it would be written."""

    def to_domain(self) -> N_co:
        """What it was made of."""


def read(model: type[Readable[N]], raw: Raw) -> N:
    """The noun in ``raw``, an item of ``model``. Raises `Unavailable` when it cannot be made out."""
    try:
        item = model.from_raw_data(raw)
        if not isinstance(item, model):
            raise TypeError(f"a {type(item).__name__} stands where a {model.__name__} should")
        item.serialize()  # PynamoDB reads a missing member as None, and only minds it when writing
        return item.to_domain()
    except (PynamoDBException, AttributeError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise Unavailable("A stored item cannot be read.", code="storage_unreadable") from error


class Pointer(Item, discriminator="pointer"):
    """Stands where a listing begins; ``target`` is the id of what it points to."""

    target = UnicodeAttribute()

    def to_domain(self) -> str:
        return str(self.target)


def members(source: object, to_domain: type[Any], but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What ``source``, a noun or the model of it, holds under the member names of ``noun``."""
    return {field.name: getattr(source, field.name) for field in fields(to_domain) if field.name not in but}


def mapped(kind: type[M], **held: object) -> M:
    """A map within an item."""
    return kind(**held)
