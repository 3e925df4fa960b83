"""What a model read of a transcript follows its names' spelling, there and back, and no model is asked."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.summary import KeyMoment, Sentence, Summary
from ragtime_assets.domain.language.name_rules import NameRule
from ragtime_assets.phases.reading.respelled import Spelling, respelled_entities, respelled_summary

GELDER = NameRule(id=1, heard="Van Geller", written="Van Gelder", by="ann")
TAUGHT, TAKEN_BACK = Spelling([GELDER], [], "en"), Spelling([], [GELDER], "en")


def chunks(text: str) -> Chunks:
    chunk = Chunk(index=0, digest="d", text=text, start=0, end=9, first_segment=0, last_segment=0, words=9)
    return Chunks(engine="segments", language="en", chunks=(chunk,))


def entities(name: str, surface: str, context: str) -> Entities:
    mention = Mention(type="person", name=name, surface=surface, chunk=0, start=3, context=context)
    return Entities(engine="model", language="en", mentions=(mention,))


@pytest.mark.parametrize(("spelling", "old", "new"), [(TAUGHT, "Geller", "Gelder"), (TAKEN_BACK, "Gelder", "Geller")])
def test_a_mention_is_spelled_as_its_chunk_spells_it(spelling: Spelling, old: str, new: str) -> None:
    before = entities(f"Rudy Van {old}", f"Rudy Van {old}", f"By Rudy Van {old}.")
    again = respelled_entities(before, chunks(f"By Rudy Van {new}. More."), spelling)
    assert again == entities(f"Rudy Van {new}", f"Rudy Van {new}", f"By Rudy Van {new}.")


def test_a_mention_that_has_nothing_of_it_stays_and_one_that_stands_nowhere_has_to_be_read_anew() -> None:
    before = entities("Miles Davis", "Miles", "Miles met Van Geller.")
    again = respelled_entities(before, chunks("Miles met Van Gelder."), TAUGHT)
    assert again == entities("Miles Davis", "Miles", "Miles met Van Gelder.")
    assert respelled_entities(before, chunks("Nobody is said."), TAUGHT) is None


def test_a_summary_is_spelled_anew_there_and_back() -> None:
    before = Summary(
        engine="model",
        language="en",
        line="On Van Geller.",
        paragraphs=((Sentence(text="Van Geller's rooms."),),),
        key_moments=(KeyMoment(start=1, title="Van Geller"),),
    )
    again = respelled_summary(before, TAUGHT)
    assert (again.line, again.text, again.key_moments[0].title) == (
        "On Van Gelder.",
        "Van Gelder's rooms.",
        "Van Gelder",
    )
    assert respelled_summary(again, TAKEN_BACK) == before
