"""What people say that a name means, in one episode or in all: rows that win over every re-run until taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import clock_of
from ragtime_assets.corpus.registry import finding
from ragtime_assets.corpus.registry.families import roots
from ragtime_assets.corpus.schema import entity_corrections
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.errors import InvalidCorrection

NOTHING_TO_DO = "Nothing has to be done."


class Verdicts:
    """The corrections of names, within one transaction."""

    def __init__(self, connection: sa.Connection, by: str) -> None:
        """Write what `by` says."""
        self._connection = connection
        self._by = by

    def link(
        self,
        name: str,
        entity: sa.Row[Any],
        episode: str | None,
        kind: str | None,
        kin: Collection[str],
        *,
        replace: bool,
    ) -> list[str]:
        """A name means this entity; the episodes in which it is said."""
        said = finding.said_as(self._connection, name, episode)
        types = {one[1] for one in said}
        wanted = {kind} if kind else (types & set(kin) or ({entity.type} if episode is None and not types else set()))
        if not wanted:
            raise _not_said_so(name, types, episode, entity.type)
        return self._note_all(name, said, wanted, episode, entity.id, replace=replace)

    def unlink(self, name: str, episode: str | None, kind: str | None, *, replace: bool) -> list[str]:
        """A name means no entity; the episodes in which it is said."""
        said = finding.said_as(self._connection, name, episode)
        wanted = {kind} if kind else {one[1] for one in said}
        if not wanted:
            raise _not_said_so(name, set(), episode, None)
        return self._note_all(name, said, wanted, episode, None, replace=replace)

    def withdraw(self, name: str, episode: str | None) -> list[str]:
        """Take back what people said of a name in one episode, or of it in all; the episodes in which it is said."""
        standing = self._standing(name, episode)
        if not standing:
            raise InvalidCorrection(
                f"nobody said what {name!r} means {f'in {episode}' if episode else 'in every episode'}",
                remedy="ragtime entities show ID lists what people said of an entity.",
            )
        self._withdraw(row.id for row in standing)
        types = {row.type for row in standing}
        return sorted({one[0] for one in finding.said_as(self._connection, name, episode) if one[1] in types})

    def note(self, episode: str | None, kind: str, name: str, entity_id: str | None, *, replace: bool) -> None:
        """Write one row; one that says something else of the same name is in its way, unless it is to `replace` it."""
        before = [row for row in self._standing(name, episode) if row.type == kind]
        meant = roots(self._connection, {row.entity_id for row in before if row.entity_id})
        if before and not replace:
            row = before[-1]
            if meant.get(row.entity_id) == entity_id:
                raise InvalidCorrection(f"{row.said_by} said just that of {name!r} already", remedy=NOTHING_TO_DO)
            says = f"means {row.entity_id}" if row.entity_id else "means no entity"
            raise InvalidCorrection(
                f"{row.said_by} said on {row.said_at:%Y-%m-%d} that {name!r} {says}: the two contradict each other",
                remedy="If that was wrong, say so with --replace; `--withdraw` takes it back.",
            )
        self._withdraw(row.id for row in before)
        values = {
            "key": episode,
            "type": kind,
            "name": name,
            "name_key": key(name),
            "entity_id": entity_id,
            "said_by": self._by,
            "said_at": clock_of(self._connection),
        }
        self._connection.execute(sa.insert(entity_corrections), [values])

    def _note_all(
        self,
        name: str,
        said: Sequence[tuple[str, str, str]],
        types: Collection[str],
        episode: str | None,
        entity_id: str | None,
        *,
        replace: bool,
    ) -> list[str]:
        for kind in sorted(types):
            self.note(episode, kind, name, entity_id, replace=replace)
        return sorted({one[0] for one in said if one[1] in types})

    def _standing(self, name: str, episode: str | None) -> Sequence[sa.Row[Any]]:
        said = entity_corrections.c
        where = said.key.is_(None) if episode is None else said.key == episode
        query = sa.select(entity_corrections).where(said.name_key == key(name), where, said.withdrawn_at.is_(None))
        return self._connection.execute(query.order_by(said.id)).all()

    def _withdraw(self, ids: Iterable[int]) -> None:
        rows = sa.update(entity_corrections).where(entity_corrections.c.id.in_(list(ids)))
        self._connection.execute(rows.values(withdrawn_at=clock_of(self._connection)))


def _not_said_so(name: str, types: Collection[str], episode: str | None, kind: str | None) -> InvalidCorrection:
    where = f"in {episode}" if episode else "in any episode"
    if not types:
        return InvalidCorrection(
            f"{name!r} is not said {where}", remedy="ragtime entities find NAME shows what is called so, and how."
        )
    said = ", ".join(sorted(types))
    return InvalidCorrection(
        f"{name!r} is said {where} as {said}, not as {kind}",
        remedy=f"If that is meant all the same, say so: --type {sorted(types)[0]}",
    )
