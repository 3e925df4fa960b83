"""How well the rules link, measured on the corrections of this corpus and on the examples that come with the package.

Every correction is a labelled example: the rules decide the name again as if nobody had said anything, and nothing is
written. No model is asked, and no web service.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragtime_assets.domain import linking
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.linking.decision import RULES, Decision, Found, Name
from ragtime_assets.domain.linking.evaluation import NONE, Judgement, Score, ambiguous_persons, score
from ragtime_assets.domain.linking.examples import read_episodes, read_knowledge
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.phases.entity_links import rules_of, talk_of
from ragtime_assets.phases.linking.registered import decide_from_registry

if TYPE_CHECKING:
    from ragtime_assets.corpus.registry.entities import Decided
    from ragtime_assets.domain.linking.talk import Talk
    from ragtime_assets.ports import EntityRegistry
    from ragtime_assets.studio import Studio

EXAMPLES = Path(linking.__file__).parent / "data" / "examples"


class Changed(NamedTuple):
    """A name that the rules of now decide otherwise than those of before did."""

    key: str
    name: str
    before: str
    now: str
    engine: str
    """The rules of before."""


@dataclass(frozen=True)
class Evaluation:
    """Precision and coverage, of all names and of people of whom there are several, and what changed."""

    all: Score
    ambiguous_persons: Score
    changed: tuple[Changed, ...] = ()


def on_examples(studio: Studio, *, lower: bool = False) -> Evaluation:
    """On the examples that come with the package; `lower` as speech recognition without capitals writes them."""
    from ragtime_assets.corpus.database import Database
    from ragtime_assets.corpus.registry.registry import SqlEntityRegistry

    rules = rules_of(studio.reading.vocabulary)
    base = list(read_knowledge(EXAMPLES / "knowledge.toml"))
    counts = Counter(one for entity in base for one in {key(name) for name in (entity.name, *entity.aliases)})
    judged: list[Judgement] = []
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'examples.sqlite'}")
        registry = SqlEntityRegistry(database, studio.reading.vocabulary.people)
        _fill(registry, base)
        for talk, examples in read_episodes(EXAMPLES / "episodes.toml", lower=lower):
            decided = decide_from_registry(registry, "examples", talk, rules).decided
            for one in examples:
                entity = decided[one.name].entity if decided[one.name].outcome == "linked" else None
                is_ambiguous = counts[key(one.name.name)] > 1
                judged.append(Judgement(one.gold, entity and entity.mbid, is_ambiguous, one.name.type in rules.people))
        database.close()
    return _evaluation(judged)


def on_corrections(studio: Studio, limit: int) -> Evaluation:
    """On what people corrected in this corpus, and what changed in its newest episodes since the rules of before."""
    rules = rules_of(studio.reading.vocabulary)
    judged: list[Judgement] = []
    changed: list[Changed] = []
    for episode, rows in studio.entities.decided(RULES, limit).items():
        talk = _talk(studio, episode)
        if talk is None:
            continue
        found, decided = decide_from_registry(_Unjudged(studio.registry), episode, talk, rules)
        judged += _judged(rows, decided, found, rules)
        changed += _changed(episode, rows, decided)
    return _evaluation(judged, changed)


def _talk(studio: Studio, episode: str) -> Talk | None:
    from ragtime_assets.adapters.storage.artifact_store import opened

    details = studio.store.envelope(EpisodeDetails.asset, episode)
    entities = studio.store.envelope(Entities.asset, episode)
    if details is None or entities is None:
        return None
    return talk_of(opened(EpisodeDetails, details), opened(Entities, entities))


class _Unjudged:
    """The registry without what people said of names."""

    def __init__(self, registry: EntityRegistry) -> None:
        self._registry = registry

    def candidates(self, key: str, wanted: Mapping[Name, Collection[str]]) -> dict[Name, Found]:
        found = self._registry.candidates(key, wanted)
        return {name: one.model_copy(update={"verdict": None}) for name, one in found.items()}


def _judged(
    rows: Iterable[Decided], decided: Mapping[Name, Decision], found: Mapping[Name, Found], rules: Rules
) -> Iterator[Judgement]:
    for row in rows:
        name = Name(row.type, row.name)
        if row.by == "person" and name in decided:
            now = decided[name]
            entity = now.entity if now.outcome == "linked" else None
            is_ambiguous = len(found[name].candidates) > 1
            yield Judgement(row.entity_id or NONE, entity and entity.entity_id, is_ambiguous, row.type in rules.people)


def _changed(episode: str, rows: Iterable[Decided], decided: Mapping[Name, Decision]) -> Iterator[Changed]:
    for row in rows:
        now = decided.get(Name(row.type, row.name))
        if now is None or row.by != "rule" or row.engine == RULES:
            continue
        meant = now.entity.entity_id if now.outcome == "linked" and now.entity else None
        before = row.entity_id if row.outcome == "linked" else None
        if (row.outcome, before) != (now.outcome, meant):
            yield Changed(episode, row.name, row.sentence, now.sentence, row.engine)


def _fill(registry: EntityRegistry, known: Sequence[KnownEntity]) -> None:
    """Put these entities into the registry."""
    names = [Name(one.type, f"entity {at}") for at, one in enumerate(known)]
    mentions = [Mention(type=kind, name=name, surface=name, chunk=0, start=0, context=name) for kind, name in names]
    decisions = [
        Decision(type=name.type, name=name.name, outcome="linked", reason="fits_best", sentence="it is so", entity=one)
        for name, one in zip(names, known, strict=True)
    ]
    _ = registry.commit("examples", mentions, decisions)
    registry.forget("examples")


def _evaluation(judged: Sequence[Judgement], changed: Iterable[Changed] = ()) -> Evaluation:
    return Evaluation(score(judged), score(ambiguous_persons(judged)), tuple(changed))
