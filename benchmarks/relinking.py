"""What a merge costs: the episodes that it touches are linked again, and nobody is asked anything.

    python -m benchmarks relinking

Each episode names two entities that are to be merged, a name that a model was asked about, and one that is nobody's;
ten times as many other episodes lie beside them. What is counted is the correction, and linking the touched ones again:
the work of this process in milliseconds, and, whatever else the machine does, statements and steps of SQLite.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import event

from benchmarks.measurement import Measurement
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.registry.lookups import RememberedMusicDatabase
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails, Source
from ragtime_assets.domain.linking.choice import Choice, Question
from ragtime_assets.domain.linking.decision import Decision, Name
from ragtime_assets.domain.linking.kinds import kin_of
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import Linking, make_entity_links

TOUCHED, OTHERS = (250, 500, 1_000), 10_000
MOST_MS = 100.0
MOST_STEPS = 10_000
_STEPS = 100
"""So many steps of SQLite are counted at once."""
_vocabulary = load_vocabulary()
_KNOWN = tuple(
    KnownEntity(type="musician", name=name, mbid=f"0fbd0f4e-{number:04d}-4a4e-8b1c-6f3f3f3f3f3f", disambiguation=what)
    for number, (name, what) in enumerate(
        (("Lee Konitz", "saxophonist"), ("Lee Konitz Trio", ""), ("Bill Evans", "pianist"), ("Bill Evans", "drummer"))
    )
)


class Counting:
    """A MusicBrainz and a model that count how often they are asked."""

    engine = "counting"

    def __init__(self) -> None:
        self.asked = 0

    def search(self, kind: str, name: str) -> tuple[KnownEntity, ...]:
        """Those of this name."""
        self.asked += 1
        return tuple(one for one in _KNOWN if one.type == kind and one.name == name)

    def look_up(self, kind: str, mbid: str) -> KnownEntity | None:
        """The one with this MBID."""
        self.asked += 1
        return next((one for one in _KNOWN if (one.type, one.mbid) == (kind, mbid)), None)

    def choose(self, questions: Sequence[Question]) -> dict[Name, Choice]:
        """The first candidate of each."""
        self.asked += len(questions)
        return {one.name: Choice(entity=one.candidates[0]) for one in questions}


class Cost(NamedTuple):
    """What linking an episode again takes."""

    ms: float
    statements: float
    steps: float
    calls: int
    """How often a model or MusicBrainz was asked, in all."""


class Work:
    """What a SQLite database was asked, and how much it did for it."""

    def __init__(self, database: Database) -> None:
        """Count from now on."""
        self.statements = self.steps = 0
        event.listen(database.engine, "before_cursor_execute", self._asked)
        event.listen(database.engine, "checkout", self._counted)

    def _asked(self, *_: Any) -> None:
        self.statements += 1

    def _counted(self, connection: Any, *_: Any) -> None:
        connection.set_progress_handler(self._worked, _STEPS)

    def _worked(self) -> None:
        self.steps += _STEPS


def measure() -> Iterator[Measurement]:
    """Work for each episode where most are touched, beside fewer."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'corpus.sqlite'}")
        counting = Counting()
        registry = SqlEntityRegistry(database, _vocabulary.people)
        tools = Linking(registry, _vocabulary, RememberedMusicDatabase(database, counting), counting)
        _note_others(registry)
        work = Work(database)
        costs = {many: _relinked(database, tools, counting, work, many) for many in TOUCHED}
        database.close()
    *fewer, (many, most) = costs.items()
    calls = sum(one.calls for one in costs.values())
    note = f"{calls} calls of a model or of MusicBrainz, {OTHERS:,} other episodes untouched"
    again = f"linking {many:,} episodes again after a merge, for each"
    yield Measurement(
        again,
        most.ms,
        MOST_MS,
        unit="ms",
        ratio=most.ms / costs[TOUCHED[0]].ms,
        beside=", ".join(f"of {some:,}, {one.ms:.1f} ms each" for some, one in fewer),
        note=note,
    )
    yield Measurement(
        again,
        most.steps,
        MOST_STEPS,
        unit="steps",
        ratio=most.steps / costs[TOUCHED[0]].steps,
        beside=", ".join(f"of {some:,}, {one.steps:,.0f} each" for some, one in fewer),
        note=f"{', '.join(f'{one.statements:.1f}' for one in costs.values())} statements each",
    )
    if calls:
        raise SystemExit(f"linking again asked somebody {calls} times")


def _relinked(database: Database, tools: Linking, counting: Counting, work: Work, many: int) -> Cost:
    """What each of so many episodes takes; the merge is taken back."""
    keys = [f"{many}-{number}" for number in range(many)]
    made = [_linked(tools, key) for key in keys]
    konitz, trio = (next(one.entity_id for one in made[0].links if one.name == name) for name in _NAMES[:2])
    people = SqlEntities(database, kin_of(_vocabulary), _vocabulary.people)
    asked, statements, steps, started = counting.asked, work.statements, work.steps, time.process_time()
    touched = people.correct(lambda said: said.merge(str(trio), str(konitz)), "benchmark").episodes
    wanted = [key for key in touched if key.startswith(f"{many}-")]
    for key in wanted:
        _linked(tools, key)
    seconds = time.process_time() - started
    cost = Cost(
        ms=1000 * seconds / many,
        statements=(work.statements - statements) / many,
        steps=(work.steps - steps) / many,
        calls=counting.asked - asked,
    )
    people.correct(lambda said: said.unmerge(str(trio)), "benchmark")
    if len(wanted) != many:
        raise SystemExit(f"the merge touches {len(wanted)} episodes of {many}")
    return cost


_NAMES = ("Lee Konitz", "Lee Konitz Trio", "Bill Evans", "Nobody Known")


def _linked(tools: Linking, key: str) -> EntityLinks:
    said = Entities(engine="rules", language="en", mentions=tuple(map(_mention, _NAMES)))
    return make_entity_links(key, _DETAILS, said, tools)


def _note_others(registry: SqlEntityRegistry) -> None:
    """Episodes that name other people, written as linking writes them."""
    decided = Decision(type="musician", name="", outcome="unknown", reason="none_fits", sentence="another one")
    for number in range(OTHERS):
        name = f"Other {number}"
        registry.commit(f"other-{number}", [_mention(name)], [decided.model_copy(update={"name": name})])


def _mention(name: str) -> Mention:
    return Mention(type="musician", name=name, surface=name, chunk=0, start=0, context=f"And then {name} played.")


_DETAILS = EpisodeDetails(
    engine="benchmark",
    url="https://show.example/one",
    title="A title",
    source=Source(kind="canonical"),
    outcome="ok",
    confidence=1.0,
)
