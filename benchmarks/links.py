"""How well names are linked to a knowledge base, on examples written without a look at the rules.

    python -m benchmarks.links             development and held-out half, as said and in lower case
    python -m benchmarks.links --errors    the same, and what went wrong in the development half

What is measured is real: the registry finds the candidates, the rules decide. `data/links/README.md` says how the
examples were written; of the held-out half only the numbers are for whoever changes a rule.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.linking.deciding import decide_all
from ragtime_assets.domain.linking.decision import Decision, Name
from ragtime_assets.domain.linking.evaluation import Judgement, ambiguous_persons, score
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.talk import Said, Talk
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import rules_of

DATA = Path(__file__).parent / "data" / "links"
OUR_TYPES = {
    "composer": "musician",
    "band": "musical_group",
    "venue": "music_venue",
    "festival": "music_festival",
    "instrument": "musical_instrument",
}
"""Types of the examples that have another key in the vocabulary."""


class Example(NamedTuple):
    """One name of an episode, and what it means."""

    name: Name
    gold: str
    said: Said


def main() -> None:
    """Print every number."""
    rules = rules_of(load_vocabulary())
    known = list(read_knowledge())
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'corpus.sqlite'}")
        registry = SqlEntityRegistry(database, rules.people)
        fill(registry, known)
        for half in ("dev", "heldout"):
            for lower in (False, True):
                report(half, lower, registry, known, rules)
        database.close()


def report(half: str, lower: bool, registry: SqlEntityRegistry, known: Sequence[KnownEntity], rules: Rules) -> None:
    """One half, as it is said or as speech recognition without capitals writes it."""
    judged: list[Judgement] = []
    outcomes: Counter[str] = Counter()
    counts = Counter(one_key for one in known for one_key in {key(name) for name in (one.name, *one.aliases)})
    for talk, examples in read_episodes(half, lower=lower):
        wanted = {one.name: rules.may_be(one.name.type) for one in examples}
        decided = decide_all(talk, registry.candidates("benchmark", wanted), rules)
        for one in examples:
            decision = decided[one.name]
            judgement = judgement_of(one, decision, rules, is_ambiguous=counts[key(one.name.name)] > 1)
            judged.append(judgement)
            outcomes[decision.outcome] += 1
            if "--errors" in sys.argv and half == "dev" and not lower:
                show_error(one, decision, judgement)
    print(f"{half:8} {'lower case' if lower else 'as said':10}  {score(judged)}  {dict(outcomes)}")
    print(f"{'':8} {'':10}  {score(ambiguous_persons(judged))}, ambiguous persons")
    print(f"{'':8} {'':10}  {score(one for one in judged if one.is_ambiguous)}, ambiguous")


def judgement_of(one: Example, decision: Decision, rules: Rules, *, is_ambiguous: bool) -> Judgement:
    """How a decision compares with what was meant."""
    linked = decision.entity.mbid if decision.outcome == "linked" and decision.entity else None
    return Judgement(one.gold, linked, is_ambiguous, one.name.type in rules.people)


def show_error(one: Example, decision: Decision, judgement: Judgement) -> None:
    """What is linked wrong, and what is not linked though it could be."""
    if judgement.linked is not None and not judgement.is_right:
        print(f"   WRONG   {one.name}  {decision.sentence}  gold {one.gold}")
    elif judgement.linked is None and one.gold not in ("none", "unclear"):
        print(f"   missing {one.name}  {decision.reason}: {decision.sentence}")
    else:
        return
    for judged in decision.candidates[:4]:
        print(
            f"             {judged.score:.2f} {judged.entity.mbid} {judged.entity.name}: {'; '.join(judged.evidence)}"
        )
    print(f"             said {one.said.contexts[0]}")


def read_knowledge() -> Iterator[KnownEntity]:
    """The knowledge base, as if it came from MusicBrainz."""
    for row in tomllib.loads((DATA / "knowledge.toml").read_text(encoding="utf-8"))["entity"]:
        facts = {
            name: row[name]
            for name in ("name", "aliases", "disambiguation", "begin", "end", "area", "qid", "related")
            if name in row
        }
        yield KnownEntity(type=_type(row["type"]), mbid=row["id"], **facts)


def fill(registry: SqlEntityRegistry, known: Sequence[KnownEntity]) -> None:
    """Put these entities into the registry."""
    names = [Name(one.type, f"entity {at}") for at, one in enumerate(known)]
    mentions = [Mention(type=kind, name=name, surface=name, chunk=0, start=0, context=name) for kind, name in names]
    decisions = [
        Decision(type=name.type, name=name.name, outcome="linked", reason="fits_best", sentence="it is so", entity=one)
        for name, one in zip(names, known, strict=True)
    ]
    registry.commit("filled", mentions, decisions)
    registry.forget("filled")


def read_episodes(half: str, *, lower: bool = False) -> Iterator[tuple[Talk, list[Example]]]:
    """The episodes of one half; `lower` takes their capitals away."""
    for episode in tomllib.loads((DATA / f"episodes_{half}.toml").read_text(encoding="utf-8"))["episode"]:
        examples = [_example(row, lower=lower) for row in episode["name"]]
        talk = Talk(
            said={one.name: one.said for one in examples},
            language=episode["language"],
            year=episode.get("year"),
            persons=tuple(episode["persons"]),
            about=(episode["title"], episode["show"]),
        )
        yield talk, examples


def _example(row: dict[str, Any], *, lower: bool) -> Example:
    cased = str.lower if lower else str
    name = Name(_type(row["type"]), cased(row["name"]))
    surfaces = tuple(cased(one["surface"]) for one in row["surfaces"])
    return Example(name, row["gold"], Said(name, surfaces, tuple(cased(one["text"]) for one in row["surfaces"])))


def _type(kind: str) -> str:
    return OUR_TYPES.get(kind, kind)


if __name__ == "__main__":
    main()
