"""How well names are linked to a knowledge base, on examples written without a look at the rules.

    python -m benchmarks.links             development, seen and held-out parts, as said and in lower case
    python -m benchmarks.links --errors    the same, and what went wrong in all but the held-out part

What is measured is real: the registry finds the candidates, the rules decide. `data/links/README.md` says how the
examples were written; of the held-out part only the numbers are for whoever changes a rule.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.linking.decision import Decision, Name
from ragtime_assets.domain.linking.evaluation import Judgement, ambiguous_persons, score
from ragtime_assets.domain.linking.examples import Example, read_episodes, read_knowledge
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import rules_of
from ragtime_assets.phases.linking.registered import decide_from_registry

DATA = Path(__file__).parent / "data" / "links"


class Part(NamedTuple):
    """Episodes, and the entities that their names may mean."""

    name: str
    knowledge: str
    episodes: str


PARTS = (
    Part("dev", "knowledge.toml", "episodes_dev.toml"),
    Part("seen", "knowledge.toml", "episodes_seen.toml"),
    Part("seen 2", "knowledge_2.toml", "episodes_seen_2.toml"),
    Part("seen 3", "knowledge_3.toml", "episodes_seen_3.toml"),
    Part("heldout", "knowledge_heldout.toml", "episodes_heldout.toml"),
)


def main() -> None:
    """Print every number."""
    rules = rules_of(load_vocabulary())
    for part in PARTS:
        known = list(read_knowledge(DATA / part.knowledge))
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'corpus.sqlite'}")
            registry = SqlEntityRegistry(database, rules.people)
            fill(registry, known)
            for lower in (False, True):
                report(part, registry, known, rules, lower=lower)
            database.close()


def report(part: Part, registry: SqlEntityRegistry, known: Sequence[KnownEntity], rules: Rules, *, lower: bool) -> None:
    """One part, as it is said or as speech recognition without capitals writes it."""
    judged: list[Judgement] = []
    outcomes: Counter[str] = Counter()
    counts = Counter(one_key for one in known for one_key in {key(name) for name in (one.name, *one.aliases)})
    for talk, examples in read_episodes(DATA / part.episodes, lower=lower):
        decided = decide_from_registry(registry, "benchmark", talk, rules).decided
        for one in examples:
            decision = decided[one.name]
            judgement = judgement_of(one, decision, rules, is_ambiguous=counts[key(one.name.name)] > 1)
            judged.append(judgement)
            outcomes[decision.outcome] += 1
            if "--errors" in sys.argv and part is not PARTS[-1] and not lower:
                show_error(one, decision, judgement)
    print(f"{part.name:8} {'lower case' if lower else 'as said':10}  {score(judged)}  {dict(outcomes)}")
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


if __name__ == "__main__":
    main()
