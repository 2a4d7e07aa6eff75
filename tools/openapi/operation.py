"""What an area declares: its operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.openapi.schema import Schema

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a request or response: its media types, each with its schema."""

    types: Mapping[str, Schema]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request, with an example that tests send."""

    schema: Schema
    example: object
    types: tuple[str, ...] = (JSON,)
    required: bool = True
    others: Mapping[str, Schema] = field(default_factory=dict)
    """Further media types. Tests only send ``example``."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter."""

    schema: Schema
    description: str = ""
    required: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: ``route`` is the method and the path, as they are bound.

    Who may call it, and the errors that follow from that, come from the access rule of the route.
    """

    route: str
    id: str
    summary: str
    responses: Mapping[int, Schema | Content | None]
    """By status. A schema means JSON; None means that there is no body."""
    description: str = ""
    body: Body | None = None
    query: Mapping[str, Query] = field(default_factory=dict)
    path: Mapping[str, Schema] = field(default_factory=dict)
    """The schemas of path parameters. A parameter without a schema accepts any text."""
    problems: tuple[str, ...] = ()
    """Error codes (`http.core.problem.KINDS`) beyond those that follow from how the route is bound."""
    problem_types: Mapping[str, Schema] = field(default_factory=dict)
    """Media types of errors other than problem+json."""
    idempotent: bool = False
    """Whether it accepts an `Idempotency-Key`."""
    headers: tuple[str, ...] = ()
    """Headers of successful responses, such as `Location`."""

    @property
    def method(self) -> str:
        """The method."""
        return self.route.partition(" ")[0]

    @property
    def url(self) -> str:
        """The path, with its variables in braces."""
        return self.route.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Area:
    """A group of operations, shown under one heading."""

    tag: str
    description: str
    operations: tuple[Operation, ...]
    components: Mapping[str, Schema] = field(default_factory=dict)
    """Named schemas, which ``ref`` refers to."""
