"""Events of issuing: issued, renewed, revoked, and the steps of pathways. Recorded by the tasks that follow a change.

A task may run twice, and the id of an event depends only on what it records, so it is stored once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.analytics.acts import act
from chalicelib.analytics.event import NEW, RETURNING, Kind
from chalicelib.analytics.recorder import Recorder
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing.search import Place, Row
from chalicelib.award.pathways.pathway import Pathway, steps
from chalicelib.award.pathways.pathway_actions import ALL_HOLDERS, Pathways, completion_id_of
from chalicelib.credential.record import Record, State
from chalicelib.errors import NotFound
from chalicelib.tasks.task_queue import Task
from chalicelib.tasks.worker import Handler


@dataclass(frozen=True, slots=True)
class IssueRecorder:
    """Records the events of issuing."""

    issuer_context: IssuerContext
    pathways: Pathways
    recorder: Recorder

    def after_issue(self, then: Handler) -> Handler:
        """The handler ``then`` of a new or reinstated credential, followed by recording its issue."""

        def handle(task: Task) -> None:
            then(task)
            if not task.subject.startswith(ALL_HOLDERS):
                self._issued(task.subject)

        return handle

    def after_status_change(self, then: Handler) -> Handler:
        """The handler ``then`` of a changed status, after recording a revocation."""

        def handle(task: Task) -> None:
            try:
                record = self.issuer_context.issuer_store.record(task.subject)
            except NotFound:
                record = None  # erased in the meantime
            if record is not None and record.status.state is State.REVOKED and record.superseded_by is None:
                self._record(Kind.REVOKED, record, record.status.at, once="revoked")
            then(task)

        return handle

    def _issued(self, credential_id: str) -> None:
        store = self.issuer_context.issuer_store
        try:
            record, email = store.record(credential_id), store.recipient(credential_id).email
            replaced = None if record.supersedes is None else store.record(record.supersedes)
        except NotFound:
            return
        if replaced is not None and replaced.corrected:
            return  # the credential that it corrects was counted
        if replaced is not None:
            self._record(Kind.RENEWED, replaced, record.issued_at, once=record.id)
        rows = [] if email is None else store.rows_of_email(record.issuer_id, email)
        earlier = [row for row in rows if row.place < Place(record.issued_at, record.id)]
        self._record(Kind.ISSUED, record, record.issued_at, once="issued", target=RETURNING if earlier else NEW)
        if email is not None and record.achievement_id not in {row.achievement_id for row in earlier}:
            for pathway in self._pathways_of(record):
                self._step(record, pathway, email, rows, earlier)

    def _pathways_of(self, record: Record) -> Iterator[Pathway]:
        for link in self.pathways.pathway_links(record.issuer_id, record.achievement_id):
            yield self.pathways.pathway(record.issuer_id, link.pathway_id)

    def _step(self, record: Record, pathway: Pathway, email: str, rows: list[Row], earlier: list[Row]) -> None:
        """Record that ``record`` is the holder's next step, and the completion if it is the last one."""
        wanted = {step.achievement_id for step in steps(pathway.root)}
        number = len(wanted & {record.achievement_id, *(row.achievement_id for row in earlier)})
        target = f"{pathway.id}#{number}"
        self._record(Kind.PATHWAY_STEP, record, record.issued_at, once=pathway.id, target=target)
        completion_id = completion_id_of(self.pathways, pathway, email)
        completion = self.pathways.completion(pathway.issuer_id, pathway.id, completion_id)
        if completion is None:
            return
        used = [row.place for row in rows if row.credential_id in completion.credentials]
        if used and max(used).credential_id == record.id:
            self._record(Kind.PATHWAY_COMPLETED, record, completion.at, once=completion.id, target=pathway.id)

    def _record(self, kind: Kind, record: Record, at: datetime, *, once: str, target: str | None = None) -> None:
        event = act(
            kind,
            record.issuer_id,
            record.achievement_id,
            record.id,
            at,
            once=once,
            target=target,
            valid_until=record.valid_until if kind is Kind.ISSUED else None,
        )
        self.recorder.record(event)
