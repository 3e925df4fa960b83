"""Names that people taught: added, undone, and looked for in what is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import name_rules
from ragtime_assets.corpus.submissions import ask_again
from ragtime_assets.domain.language.name_rules import NameRule, checked_pair, refuse_contradiction
from ragtime_assets.errors import InvalidCorrection

_RULES_LOCK = 0x7261_6E61


class Touched(NamedTuple):
    """The episodes that a rule touches, and the phases that are asked for again in the same transaction."""

    episodes: Sequence[str]
    phases: Sequence[str]


NOTHING = Touched((), ())


class SqlNameRules:
    """The table of rules."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def in_force(self) -> list[NameRule]:
        """The rules that were not undone, the oldest first."""
        with self._database.reading() as connection:
            return _in_force(connection)

    def undone_since(self, at: datetime) -> list[NameRule]:
        """The rules that were undone since then, the newest first."""
        gone = name_rules.c.withdrawn_at
        query = sa.select(name_rules).where(gone >= at).order_by(name_rules.c.id.desc())
        with self._database.reading() as connection:
            return [_rule(row) for row in connection.execute(query)]

    def proposed(self, heard: str, written: str, by: str) -> NameRule:
        """The rule as it would be; raises InvalidCorrection where it makes no sense or contradicts another."""
        pair = checked_pair(heard, written)
        refuse_contradiction(*pair, self.in_force())
        return NameRule(id=0, heard=pair[0], written=pair[1], by=by)

    def teach(self, heard: str, written: str, by: str, touched: Touched = NOTHING) -> NameRule:
        """Add a rule; raises InvalidCorrection where it makes no sense or contradicts another."""
        pair = checked_pair(heard, written)
        with self._database.writing_alone(_RULES_LOCK) as connection:
            refuse_contradiction(*pair, _in_force(connection))
            values = {"heard": pair[0], "written": pair[1], "said_by": by, "said_at": clock_of(connection)}
            insert = sa.insert(name_rules).values(values).returning(name_rules.c.id)
            number = connection.execute(insert).scalar_one()
            self._ask(connection, touched, by)
            return NameRule(id=number, heard=pair[0], written=pair[1], by=by)

    def rule(self, number: int) -> NameRule:
        """A rule in force; raises InvalidCorrection when there is none of this number."""
        found = next((rule for rule in self.in_force() if rule.id == number), None)
        if found is None:
            raise InvalidCorrection(
                f"no rule {number} is in force", remedy="`ragtime names list` shows the rules with their numbers."
            )
        return found

    def undo(self, number: int, by: str, touched: Touched = NOTHING) -> NameRule:
        """Withdraw a rule; what was heard is written again."""
        found = self.rule(number)
        gone = sa.update(name_rules).where(name_rules.c.id == number, name_rules.c.withdrawn_at.is_(None))
        with self._database.writing_alone(_RULES_LOCK) as connection:
            connection.execute(gone.values(withdrawn_at=clock_of(connection)))
            self._ask(connection, touched, by)
        return found

    def _ask(self, connection: sa.Connection, touched: Touched, by: str) -> None:
        if touched.episodes:
            ask_again(self._database, connection, touched.episodes, by, touched.phases, respells=True)


def _in_force(connection: sa.Connection) -> list[NameRule]:
    stands: Sequence[sa.Row[Any]] = connection.execute(
        sa.select(name_rules).where(name_rules.c.withdrawn_at.is_(None)).order_by(name_rules.c.id)
    ).all()
    return [_rule(row) for row in stands]


def _rule(row: sa.Row[Any]) -> NameRule:
    return NameRule(id=row.id, heard=row.heard, written=row.written, by=row.said_by)
