"""How well names are linked to a knowledge base, on examples written without a look at the rules.

    python -m benchmarks.links             development and held-out half, as said and in lower case
    python -m benchmarks.links --errors    the same, and what went wrong in the development half

What is measured is real: the registry finds the candidates, the rules decide. `data/links/README.md` says how the
examples were written; of the held-out half only the numbers are for whoever changes a rule.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.linking.deciding import decide_all
from ragtime_assets.domain.linking.decision import Decision, Name
from ragtime_assets.domain.linking.evaluation import Judgement, ambiguous_persons, score
from ragtime_assets.domain.linking.examples import Example, read_episodes, read_knowledge
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import rules_of

DATA = Path(__file__).parent / "data" / "links"


def main() -> None:
    """Print every number."""
    rules = rules_of(load_vocabulary())
    known = list(read_knowledge(DATA / "knowledge.toml"))
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
    for talk, examples in read_episodes(DATA / f"episodes_{half}.toml", lower=lower):
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
