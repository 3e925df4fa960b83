"""The registry as a W3C Reconciliation service: the query side, for whoever serves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.families import batches, known, roots
from ragtime_assets.corpus.registry.reading import candidates
from ragtime_assets.corpus.schema import entities
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.reconciliation import Query, manifest, read_form, read_queries, result, wanted_types
from ragtime_assets.domain.vocabulary.vocabulary import EntityType

_NO_EPISODE = ""


class Reconciliation:
    """Answers query batches from the registry; it only reads."""

    def __init__(self, database: Database, types: Mapping[str, EntityType]) -> None:
        """Answer about entities of these types."""
        self._database = database
        self._types = types

    def manifest(self, address: str) -> dict[str, Any]:
        """What a client is told of the service at `address`."""
        return manifest(self._types.values(), address)

    def answer(self, document: object) -> dict[str, Any]:
        """The result batch for a query batch; raises InvalidContent for what is none."""
        queries = read_queries(document)
        with self._database.reading() as connection:
            return {name: self._answered(connection, query) for name, query in queries.items()}

    def answer_form(self, form: str) -> dict[str, Any]:
        """The same for a query batch that comes as the body of a form, or behind the `?` of an address."""
        return self.answer(read_form(form))

    def _answered(self, connection: sa.Connection, query: Query) -> dict[str, Any]:
        wanted = wanted_types(query, self._types)
        found = {one.entity_id: one for one in _with_ids(connection, query) if one.type in wanted}
        if query.query.strip():
            asked = Name("", query.query)
            found |= {
                one.entity_id: one for one in candidates(connection, _NO_EPISODE, {asked: wanted})[asked].candidates
            }
        return result(query, found.values(), self._types)


def _with_ids(connection: sa.Connection, query: Query) -> list[KnownEntity]:
    """The entities whose ids are asked for: our own come as an MBID or a QID only."""
    mbids, qids = query.ids("mbid"), {one.upper() for one in query.ids("qid")}
    ids = [
        row.id
        for column, values in ((entities.c.mbid, mbids), (entities.c.qid, qids))
        for some in batches(sorted(values))
        for row in connection.execute(sa.select(entities.c.id).where(column.in_(some)))
    ]
    return list(known(connection, set(roots(connection, set(ids)).values())).values())
