"""What the tables tell of the whole corpus: counts, each one query, however many episodes there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, slices
from ragtime_assets.corpus.schema import approvals, artifacts, feeds, requests, submissions, tool_outcomes
from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.episode.trace import TraceStep
from ragtime_assets.domain.health import Approvals, FailingFeed, ToolOutcomes

_SHOWN = 20
_LONGEST_TOOL, _LONGEST_HOST = 100, 255


class SqlHealth:
    """Questions about all episodes at once, and the sums of what tools came to."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def episodes(self) -> int:
        """How many there are that nobody forgot."""
        return self._count(sa.select(sa.func.count()).select_from(submissions).where(_LIVE))

    def searchable(self) -> int:
        """How many of them a search finds."""
        return self._count(sa.select(sa.func.count()).select_from(submissions).where(_LIVE, _has(SearchIndex.asset)))

    def waiting(self) -> int:
        """Of how many a request waits for its run."""
        return self._count(sa.select(sa.func.count()).select_from(submissions).where(_LIVE, _WAITS))

    def at_rest_unsearchable(self) -> set[str]:
        """The episodes that no search finds, and of which no request waits."""
        query = sa.select(submissions.c.key).where(_LIVE, sa.not_(_has(SearchIndex.asset)), sa.not_(_WAITS))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def live(self, keys: Collection[str]) -> set[str]:
        """Those of these episodes that nobody forgot."""
        found = set[str]()
        with self._database.reading() as connection:
            for some in slices(keys):
                query = sa.select(submissions.c.key).where(_LIVE, submissions.c.key.in_(some))
                found.update(connection.execute(query).scalars())
        return found

    def unpublished(self) -> int:
        """How many are embedded, and not published since."""
        made, published = artifacts.alias("made"), artifacts.alias("published")
        same = sa.and_(made.c.key == published.c.key, published.c.asset == SearchIndex.asset)
        waits = sa.or_(published.c.key.is_(None), published.c.created_at < made.c.created_at)
        joined = made.outerjoin(published, same)
        return self._count(
            sa.select(sa.func.count()).select_from(joined).where(made.c.asset == Embeddings.asset, waits)
        )

    def approvals(self) -> Approvals:
        """What became of the newest question about each episode."""
        newest = sa.select(sa.func.max(approvals.c.id)).group_by(approvals.c.key)
        query = sa.select(approvals.c.decision, sa.func.count(), sa.func.min(approvals.c.asked_at)).where(
            approvals.c.id.in_(newest)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.group_by(approvals.c.decision))
            found = {decision: (count, since) for decision, count, since in rows}
        waiting, since = found.get(None, (0, None))
        return Approvals(
            waiting=waiting,
            approved=found.get(Decision.APPROVED, (0,))[0],
            rejected=found.get(Decision.REJECTED, (0,))[0],
            waiting_since=since,
        )

    def feeds(self) -> tuple[int, int, tuple[FailingFeed, ...]]:
        """How many feeds are followed, of how many the last poll failed, and those that failed most often."""
        followed, fails = feeds.c.state != "removed", feeds.c.error.is_not(None)
        counts = sa.select(sa.func.count(), sa.func.count(feeds.c.error)).where(followed)
        worst = sa.select(feeds).where(followed, fails).order_by(feeds.c.failures.desc(), feeds.c.id).limit(_SHOWN)
        with self._database.reading() as connection:
            every, failing = connection.execute(counts).one()
            return (
                every,
                failing,
                tuple(
                    FailingFeed(url=row.url, failures=row.failures, error=row.error)
                    for row in connection.execute(worst)
                ),
            )

    def tools(self) -> tuple[ToolOutcomes, ...]:
        """What was tried where, the most failures first."""
        which, outcomes = tool_outcomes.c, tool_outcomes.c.outcome
        ok, failed = (
            sa.func.coalesce(sa.func.sum(sa.case((wanted, which["count"]), else_=0)), 0)
            for wanted in (outcomes == "ok", outcomes != "ok")
        )
        names = (which.asset, which.tool, which.host)
        query = sa.select(*names, ok, failed).group_by(*names).order_by(failed.desc(), ok.desc(), *names).limit(_SHOWN)
        with self._database.reading() as connection:
            return tuple(
                ToolOutcomes(asset=row[0], tool=row[1], host=row[2], ok=int(row[3]), failed=int(row[4]))
                for row in connection.execute(query)
            )

    def add_outcomes(self, asset: str, steps: Iterable[TraceStep]) -> None:
        """Add up what these steps of a phase came to."""
        counts = Counter((step.tool[:_LONGEST_TOOL], host_of(step.arguments), step.outcome) for step in steps)
        rows = [
            {"asset": asset, "tool": tool, "host": host, "outcome": outcome, "count": count}
            for (tool, host, outcome), count in sorted(counts.items())
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(self._database.add_up(tool_outcomes, "count"), rows)

    def _count(self, query: sa.Select[int]) -> int:
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()


def host_of(arguments: Mapping[str, str]) -> str:
    """The host of the first address among the arguments of a step; empty where there is none."""
    for value in arguments.values():
        if value.startswith(("http://", "https://")):
            try:
                return (urlsplit(value).hostname or "")[:_LONGEST_HOST]
            except ValueError:
                return ""
    return ""


_LIVE = submissions.c.forgotten_at.is_(None)
_WAITS = (
    sa.select(requests.c.id).where(requests.c.submission_id == submissions.c.id, requests.c.run_key.is_(None)).exists()
)


def _has(asset: str) -> sa.ColumnElement[bool]:
    return sa.select(artifacts.c.key).where(artifacts.c.key == submissions.c.key, artifacts.c.asset == asset).exists()
