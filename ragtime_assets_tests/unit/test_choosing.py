"""What a model chose before is kept for as long as it would be asked the same."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.linking.decision import Decision, Found, Judged
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.talk import Said, Talk
from ragtime_assets.phases.linking.choosing import chosen
from ragtime_assets_tests.fakes import FakeLinkChooser

PIANIST = KnownEntity(type="musician", name="Bill Evans", mbid="m1", disambiguation="pianist")
SAXOPHONIST = KnownEntity(type="musician", name="Bill Evans", entity_id="e2", mbid="m2", disambiguation="saxophonist")
BASSIST = KnownEntity(type="musician", name="Bill Evans", mbid="m3", disambiguation="bassist")
CHOOSER = FakeLinkChooser("m1")


def ambiguous(*candidates: KnownEntity, **changes: object) -> Decision:
    fields = {"type": "musician", "name": "Bill Evans", "outcome": "ambiguous", "reason": "several_fit"}
    judged = tuple(Judged(entity=one, score=1.0) for one in candidates)
    return Decision.model_validate({**fields, "sentence": "Several fit.", "candidates": judged, **changes})


def before(entity: KnownEntity | None, *candidates: KnownEntity, engine: str = CHOOSER.engine) -> Decision:
    told = {"outcome": "linked", "reason": "chosen_by_model"} if entity else {"reason": "none_chosen_by_model"}
    return ambiguous(*candidates, by="model", engine=engine, entity=entity, **told)


def decided(now: Decision, then: Decision | None, chooser: FakeLinkChooser | None = CHOOSER) -> Decision:
    return chosen({now.said: now}, {now.said: Found(before=then)}, Talk({now.said: Said(now.said)}), chooser)[now.said]


def test_who_was_chosen_is_kept_as_the_registry_has_him_now() -> None:
    known = SAXOPHONIST.model_copy(update={"disambiguation": "American saxophonist", "begin": 1958})
    now = ambiguous(PIANIST, known)
    kept = decided(now, before(SAXOPHONIST, PIANIST, SAXOPHONIST))
    assert (kept.by, kept.outcome, kept.entity, kept.candidates) == ("model", "linked", known, now.candidates)


def test_that_nobody_was_chosen_is_kept_while_nobody_new_is_offered() -> None:
    now = ambiguous(SAXOPHONIST)
    kept = decided(now, before(None, PIANIST, SAXOPHONIST))
    assert (kept.reason, kept.entity, kept.candidates) == ("none_chosen_by_model", None, now.candidates)
    assert decided(ambiguous(PIANIST, BASSIST), before(None, PIANIST, SAXOPHONIST)).entity == PIANIST


@pytest.mark.parametrize(
    "then",
    [
        None,
        before(BASSIST, PIANIST, BASSIST),
        before(SAXOPHONIST, PIANIST, SAXOPHONIST, engine="another model"),
        before(SAXOPHONIST, PIANIST, SAXOPHONIST).model_copy(update={"by": "rule"}),
    ],
)
def test_where_nothing_was_said_of_these_by_this_model_it_is_asked(then: Decision | None) -> None:
    assert decided(ambiguous(PIANIST, SAXOPHONIST), then).entity == PIANIST


def test_without_a_model_what_any_model_said_is_kept() -> None:
    then = before(SAXOPHONIST, PIANIST, SAXOPHONIST, engine="another model")
    assert decided(ambiguous(PIANIST, SAXOPHONIST), then, None).entity == SAXOPHONIST
