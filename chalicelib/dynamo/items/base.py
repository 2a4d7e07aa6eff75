"""Shared base of the item models. Each model is built from a domain object with `of` and returns it with `to_domain`.

The models define the attributes and the encoding of an item; they are not bound to a table (tables.py makes the calls).
A model that is used in only one module is defined there.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import fields
from datetime import UTC, datetime
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
    """The attributes of every item. ``type`` identifies the model."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()

    def raw(self) -> Raw:
        """The item in DynamoDB's wire format."""
        raw: Raw = self.serialize()
        return raw


def epoch(at: datetime) -> int:
    """``at`` in epoch seconds, rounded up, as DynamoDB TTL requires. Readers check the expiry themselves, so a late
    deletion is harmless."""
    return math.ceil(at.timestamp())


def from_epoch(seconds: float) -> datetime:
    """The time that was stored as `epoch`."""
    return datetime.fromtimestamp(int(seconds), UTC)


class Readable(Protocol[N_co]):
    """A model that converts to a domain object."""

    @classmethod
    def from_raw_data(cls, data: Raw) -> Self:
        """Parse ``data`` into the model that its ``type`` names."""

    def serialize(self) -> Raw:
        """The item in DynamoDB's wire format."""

    def to_domain(self) -> N_co:
        """The domain object that the item was built from."""


def read(model: type[Readable[N]], raw: Raw) -> N:
    """Convert ``raw``, an item of ``model``, to its domain object. Raises `Unavailable` when the item cannot be
    parsed."""
    try:
        item = model.from_raw_data(raw)
        if not isinstance(item, model):
            raise TypeError(f"found a {type(item).__name__} instead of a {model.__name__}")
        item.serialize()  # PynamoDB reads a missing attribute as None and only rejects it on write
        return item.to_domain()
    except (PynamoDBException, AttributeError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise Unavailable("A stored item cannot be read.", code="storage_unreadable") from error


class Pointer(Item, discriminator="pointer"):
    """An entry in a listing; ``target`` is the id of the item that it points to."""

    target = UnicodeAttribute()

    def to_domain(self) -> str:
        return str(self.target)


def members(source: object, domain_type: type[Any], exclude: tuple[str, ...] = ()) -> dict[str, Any]:
    """The attributes of ``source``, a domain object or its model, that are fields of the dataclass ``domain_type``."""
    return {field.name: getattr(source, field.name) for field in fields(domain_type) if field.name not in exclude}


def mapped(kind: type[M], /, **attributes: object) -> M:
    """A map inside an item."""
    return kind(**attributes)
