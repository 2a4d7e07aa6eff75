"""In-memory ports of endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.award.endpoints.endpoint import RETENTION, Endpoint, Message, State
from chalicelib.award.endpoints.publishing import task_of
from chalicelib.errors import Conflict, NotFound, Unavailable
from tests.fakes import TaskQueue


@dataclass
class EndpointStore:
    """`award.endpoints.endpoint.EndpointStore`."""

    tasks: TaskQueue = field(default_factory=TaskQueue)
    stored: dict[tuple[str, str], Endpoint] = field(default_factory=dict)
    sent: dict[tuple[str, str, str], Message] = field(default_factory=dict)

    def endpoint(self, issuer_id: str, endpoint_id: str) -> Endpoint:
        if (issuer_id, endpoint_id) not in self.stored:
            raise NotFound("none")
        return self.stored[issuer_id, endpoint_id]

    def endpoints(self, issuer_id: str) -> Iterator[Endpoint]:
        return iter([self.stored[key] for key in sorted(self.stored) if key[0] == issuer_id])

    def add_endpoint(self, endpoint: Endpoint) -> None:
        if (endpoint.issuer_id, endpoint.id) in self.stored:
            raise Conflict("taken")
        self.stored[endpoint.issuer_id, endpoint.id] = endpoint

    def replace_endpoint(self, endpoint: Endpoint) -> None:
        before = self.stored.get((endpoint.issuer_id, endpoint.id))
        if before is None or before.version != endpoint.version - 1:
            raise Conflict("changed concurrently")
        self.stored[endpoint.issuer_id, endpoint.id] = endpoint

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        self.stored.pop((endpoint.issuer_id, endpoint.id), None)

    def add_messages(self, messages: Sequence[Message]) -> list[Message]:
        stored = [self.sent[_key(each)] for each in messages if _key(each) in self.sent]
        fresh = [each for each in messages if _key(each) not in self.sent]
        self.sent |= {_key(each): each for each in fresh}
        self.tasks.add([task_of(each) for each in fresh])
        return [each for each in stored if each.state is State.WAITING and not each.attempts]

    def message(self, issuer_id: str, endpoint_id: str, message_id: str) -> Message | None:
        return self.sent.get((issuer_id, endpoint_id, message_id))

    def replace_message(self, message: Message) -> None:
        before = self.sent.get(_key(message))
        if before is None or before.version != message.version - 1:
            raise Conflict("changed concurrently")
        self.sent[_key(message)] = message

    def messages(self, issuer_id: str, endpoint_id: str, now: datetime, limit: int) -> Sequence[Message]:
        own = sorted((key for key in self.sent if key[:2] == (issuer_id, endpoint_id)), reverse=True)[:limit]
        return [self.sent[key] for key in own if now < self.sent[key].queued + RETENTION]


@dataclass
class Sender:
    """`award.endpoints.sending.Sender`. ``answers`` are statuses, or codes of errors, the last one for all others;
    ``before`` is called before each."""

    answers: list[int | str] = field(default_factory=lambda: [200])
    received: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.before()
        self.received.append((url, body, headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            raise Unavailable("no answer", code=answer)
        return answer


def _key(message: Message) -> tuple[str, str, str]:
    return message.issuer_id, message.endpoint_id, message.id
