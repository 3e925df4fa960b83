"""Which entities still want a QID, and who asked for them to be looked for.

Whoever has none and was not looked for yet is waiting, by its row alone: there is no queue that could forget it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.registry.families import REGISTRY_LOCK, known, roots
from ragtime_assets.corpus.schema import enrichment_requests, entities
from ragtime_assets.domain.linking.items import Finding, QidStatus
from ragtime_assets.domain.linking.known_entity import KnownEntity

_PENDING, _RETRIED = "pending", ("not_found", "failed")


@dataclass(frozen=True)
class EnrichmentRequest:
    """What somebody asked for."""

    id: int
    retry_failed: bool
    most: int | None
    by: str
    at: datetime


class Enrichment:
    """QIDs of entities, and requests for them."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def ask(self, by: str, *, retry_failed: bool = False, most: int | None = None) -> int:
        """Write a request down; its number."""
        row = {"retry_failed": retry_failed, "most": most, "requested_by": by}
        with self._database.writing() as connection:
            row["requested_at"] = clock_of(connection)
            insert = sa.insert(enrichment_requests).values(row).returning(enrichment_requests.c.id)
            return int(connection.execute(insert).scalar_one())

    def requests(self) -> list[EnrichmentRequest]:
        """Those that nobody answered yet, in their order."""
        with self._database.reading() as connection:
            rows = connection.execute(_open().order_by(enrichment_requests.c.id)).all()
        return [
            EnrichmentRequest(row.id, row.retry_failed, row.most, row.requested_by, row.requested_at) for row in rows
        ]

    def begin(self, request: EnrichmentRequest) -> None:
        """Let those that were looked for in vain wait again, if the request says so; once for each request."""
        own = enrichment_requests.c
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            begun = sa.update(enrichment_requests).where(own.id == request.id, own.begun_at.is_(None))
            is_first = connection.execute(begun.values(begun_at=clock_of(connection))).rowcount == 1
            if request.retry_failed and is_first:
                wanted = sa.update(entities).where(entities.c.qid_status.in_(_RETRIED), entities.c.qid.is_(None))
                connection.execute(wanted.values(qid_status=_PENDING, qid_tries=0, qid_reason=None))

    def finish(self, requests: Iterable[EnrichmentRequest]) -> None:
        """Note that these were answered."""
        numbers = [request.id for request in requests]
        with self._database.writing() as connection:
            done = sa.update(enrichment_requests).where(enrichment_requests.c.id.in_(numbers))
            connection.execute(done.values(done_at=clock_of(connection)))

    def waiting(self, types: Collection[str], most: int) -> list[KnownEntity]:
        """The entities of these types that were not looked for yet, the oldest first."""
        query = _waiting(types).order_by(entities.c.created_at, entities.c.id).limit(most)
        with self._database.reading() as connection:
            ids = list(connection.execute(query).scalars())
            found = known(connection, ids)
        return [found[one] for one in ids if one in found]

    def counts(self, types: Collection[str]) -> dict[QidStatus, int]:
        """How many entities of these types there are in each status."""
        status = entities.c.qid_status
        query = sa.select(status.label("status"), sa.func.count().label("many")).group_by(status)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(*_of(types))).all()
        return {row.status: row.many for row in rows}

    def is_waiting(self, types: Collection[str]) -> bool:
        """Whether there is anything to do: somebody asked, or somebody new is there."""
        with self._database.reading() as connection:
            new = connection.execute(_waiting(types).limit(1)).first()
            return new is not None or connection.execute(_open().limit(1)).first() is not None

    def settle(self, findings: Sequence[Finding]) -> list[Finding]:
        """Write down what was found, in one order; a QID that another entity has is left to people."""
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            return [_settled(connection, one) for one in sorted(findings, key=lambda one: one.entity_id)]


def _settled(connection: sa.Connection, finding: Finding) -> Finding:
    owner = connection.execute(sa.select(entities.c.id, entities.c.name).where(entities.c.qid == finding.qid)).first()
    if finding.qid is not None and owner is not None:
        finding = _shared(connection, finding, owner.id, owner.name)
    values: Mapping[str, object] = {
        "qid_status": finding.status,
        "qid_reason": finding.reason,
        "qid_tries": entities.c.qid_tries + 1,
        "qid_looked_up_at": clock_of(connection),
        **({"qid": finding.qid} if finding.qid and owner is None else {}),
    }
    connection.execute(sa.update(entities).where(entities.c.id == finding.entity_id).values(values))
    return finding


def _shared(connection: sa.Connection, finding: Finding, owner: str, name: str) -> Finding:
    if roots(connection, {owner})[owner] == finding.entity_id:
        return finding
    reason = f"{finding.qid} is the QID of {name} ({owner}) already: if they are one, merge them"
    return finding.model_copy(update={"status": "not_found", "qid": None, "reason": reason})


def _waiting(types: Collection[str]) -> sa.Select[Any]:
    return sa.select(entities.c.id).where(*_of(types), entities.c.qid_status == _PENDING)


def _of(types: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return entities.c.type.in_(sorted(types)), entities.c.merged_into.is_(None)


def _open() -> sa.Select[Any]:
    return sa.select(enrichment_requests).where(enrichment_requests.c.done_at.is_(None))
