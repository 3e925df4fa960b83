"""Names that may mean several go to a model, if there is one: it chooses among the candidates, or chooses none."""

from __future__ import annotations

from collections.abc import Mapping

from ragtime_assets.domain.linking.choice import Choice, Question
from ragtime_assets.domain.linking.decision import Decision, Found, Name, described
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.talk import Talk
from ragtime_assets.ports import LinkChooser


def chosen(
    decided: Mapping[Name, Decision], found: Mapping[Name, Found], talk: Talk, chooser: LinkChooser | None
) -> dict[Name, Decision]:
    """What was decided, with what a model says of the names that may mean several.

    What it said of a name before, about the same candidates, is not asked again.
    """
    open_ = {name: one for name, one in decided.items() if one.outcome == "ambiguous" and one.candidates}
    before = {name: again for name, one in open_.items() if (again := _again(one, found[name].before, chooser))}
    asked = [Question.about(one, talk) for name, one in open_.items() if name not in before]
    if chooser is None or not asked:
        return {**decided, **before}
    answers = chooser.choose(asked)
    return {**decided, **before, **{name: _said(open_[name], one, chooser.engine) for name, one in answers.items()}}


def _again(now: Decision, before: Decision | None, chooser: LinkChooser | None) -> Decision | None:
    """What a model said before, if it would be asked the same."""
    if before is None or before.by != "model" or (chooser is not None and before.engine != chooser.engine):
        return None
    candidates = [one.entity for one in now.candidates]
    if before.entity is not None:
        meant = next((one for one in candidates if _same(one, before.entity)), None)
        return before.model_copy(update={"entity": meant, "candidates": now.candidates}) if meant else None
    offered = [one.entity for one in before.candidates]
    is_known = all(any(_same(one, other) for other in offered) for one in candidates)
    return before.model_copy(update={"candidates": now.candidates}) if is_known else None


def _same(one: KnownEntity, other: KnownEntity) -> bool:
    has_id = one.entity_id is not None and one.entity_id == other.entity_id
    return has_id or (one.mbid is not None and one.mbid == other.mbid)


def _said(one: Decision, choice: Choice, engine: str) -> Decision:
    entity = choice.entity
    changed = {
        "by": "model",
        "engine": engine,
        "outcome": "linked" if entity else "ambiguous",
        "reason": "chosen_by_model" if entity else "none_chosen_by_model",
        "sentence": f"{engine} chose {described(entity)}" if entity else f"{engine} chose none; {one.sentence}",
        "entity": entity,
    }
    return one.model_copy(update=changed)
