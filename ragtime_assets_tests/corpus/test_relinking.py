"""An episode that is linked again asks nobody anything that was asked before, and its prompt does not grow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ragtime_assets.agents.linker import prompt_of
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry import reading
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.registry.lookups import GOOD_FOR, RememberedMusicDatabase
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.linking.choice import Question
from ragtime_assets.domain.linking.decision import Decision, Judged, Name
from ragtime_assets.domain.linking.kinds import kin_of
from ragtime_assets.domain.linking.talk import Said, Talk
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import SourceUnavailable
from ragtime_assets.phases.entity_links import Linking, make_entity_links
from ragtime_assets_tests.corpus.names import known, learned, mention
from ragtime_assets_tests.fakes import FakeLinkChooser, FakeMusicDatabase, details_of

VOCABULARY = load_vocabulary()
PIANIST = known("Bill Evans", 1, disambiguation="pianist")
SAXOPHONIST = known("Bill Evans", 2, disambiguation="saxophonist")
LONER = known("Lee Konitz", 3)


class Corpus:
    """A registry, MusicBrainz and a model, each of which remembers what it was asked."""

    def __init__(self, database: Database) -> None:
        self.registry = SqlEntityRegistry(database, VOCABULARY.people)
        self.people = SqlEntities(database, kin_of(VOCABULARY), VOCABULARY.people)
        self.music = FakeMusicDatabase(PIANIST, SAXOPHONIST, LONER)
        self.chooser = FakeLinkChooser(SAXOPHONIST.mbid)
        self._remembered = RememberedMusicDatabase(database, self.music)

    def link(self, *names: str, key: str = "one") -> EntityLinks:
        """Link an episode that says these names."""
        entities = Entities(engine="rules", language="en", mentions=tuple(map(mention, names)))
        tools = Linking(self.registry, VOCABULARY, self._remembered, self.chooser)
        return make_entity_links(key, details_of(), entities, tools)

    def merge(self, gone: str, into: str) -> tuple[str, ...]:
        """Merge two; the episodes that are to be linked again."""
        return self.people.correct(lambda people: people.merge(gone, into), "ann").episodes

    def calls(self) -> tuple[int, int]:
        """How often MusicBrainz and the model were asked."""
        return len(self.music.asked), len(self.chooser.asked)


@pytest.fixture
def corpus(database: Database) -> Corpus:
    return Corpus(database)


def test_linking_again_asks_neither_musicbrainz_nor_the_model_again(corpus: Corpus) -> None:
    names = ("Bill Evans", "Lee Konitz", "Nobody Known")
    first = corpus.link(*names)
    asked = corpus.calls()
    assert asked[1] == 1
    again = corpus.link(*names)
    assert corpus.calls() == asked
    assert first.digest() == again.digest()
    assert [one.by for one in again.decisions] == ["model", "rule", "rule"]


@pytest.mark.parametrize("names", [("Django Reinhardt", "Reinhardt", "Django"), ("Reinhardt, Django", "Reinhardt")])
def test_linking_again_with_nothing_changed_gives_the_same_decisions(
    database: Database, names: tuple[str, ...]
) -> None:
    """An entity that an episode brought into the registry is no evidence for that episode."""
    corpus = Corpus(database)
    first = corpus.link(*names, "Blue Note", "a Somebody Else")
    for _ in range(2):
        assert corpus.link(*names, "Blue Note", "a Somebody Else") == first
    assert {one.outcome for one in first.decisions} == {"unknown"}
    by_name = {one.name: one.entity_id for one in first.links}
    assert by_name["Reinhardt"] == by_name[names[0]] is not None


def test_how_often_an_episode_names_somebody_itself_makes_nobody_better_known(corpus: Corpus) -> None:
    learned(corpus.registry, PIANIST, SAXOPHONIST)
    corpus.chooser.mbid = None
    first = corpus.link("Bill Evans")
    assert corpus.link("Bill Evans") == first


def test_linking_again_after_a_merge_asks_nobody(corpus: Corpus) -> None:
    for number in range(10):
        corpus.link("Bill Evans", "Lee Konitz", f"Nobody Known{number}", key=f"episode-{number}")
    trio = corpus.link("Lee Konitz Trio", key="trio").links[0].entity_id
    konitz = corpus.link("Lee Konitz", key="alone").links[0].entity_id
    asked = corpus.calls()
    assert trio
    assert konitz
    assert corpus.merge(trio, konitz) == ("trio",)
    assert corpus.link("Lee Konitz Trio", key="trio").links[0].canonical_name == "Lee Konitz"
    for number in range(10):
        corpus.link("Bill Evans", "Lee Konitz", f"Nobody Known{number}", key=f"episode-{number}")
    assert corpus.calls() == asked


def test_who_has_the_name_too_is_known_from_then_on(corpus: Corpus) -> None:
    corpus.link("Bill Evans")
    corpus.chooser.mbid = None
    assert corpus.link("Bill Evans", key="another").decisions[0].outcome == "ambiguous"


def test_what_the_model_chose_follows_the_entity_when_it_is_merged(corpus: Corpus) -> None:
    corpus.link("Bill Evans")
    (other,) = learned(corpus.registry, known("William Evans", 9))
    meant = corpus.link("Bill Evans").links[0].entity_id
    assert meant
    assert other.entity_id
    corpus.merge(meant, other.entity_id)
    asked = corpus.calls()
    assert corpus.link("Bill Evans").links[0].entity_id == other.entity_id
    assert corpus.calls() == asked


def test_a_question_is_as_long_however_many_candidates_there_are() -> None:
    """At the level of the function: an episode of 1,000 namesakes, and one of 100,000."""
    name = Name("musician", "Bill Evans")
    talk = Talk({name: Said(name, ("Bill Evans",), ("And then Bill Evans played.",))})
    lengths = set()
    for size in (1_000, 100_000):
        judged = tuple([Judged(entity=PIANIST, score=0.6)] * size)
        open_ = Decision(
            type=name.type, name=name.name, outcome="ambiguous", reason="several_fit", sentence="", candidates=judged
        )
        lengths.add(len(prompt_of([Question.about(open_, talk)])))
    assert len(lengths) == 1


def test_the_prompt_is_as_long_however_many_entities_there_are(tmp_path: Path) -> None:
    lengths = []
    for size in (200, 2_000):
        database = Database(f"sqlite:///{tmp_path / str(size)}.sqlite")
        corpus = Corpus(database)
        learned(corpus.registry, *(known(f"Player{at} Evans", at % 10_000) for at in range(size)), PIANIST, SAXOPHONIST)
        corpus.link("Bill Evans", "Evans")
        lengths.append(len(prompt_of(corpus.chooser.asked)))
        database.close()
    assert abs(lengths[0] - lengths[1]) <= 10 * len("0000")


def test_what_musicbrainz_answered_long_ago_is_asked_again(database: Database) -> None:
    music, now = FakeMusicDatabase(PIANIST), [datetime(2026, 1, 1, tzinfo=UTC)]
    remembered = RememberedMusicDatabase(database, music, lambda: now[0])
    assert remembered.search("musician", "Bill Evans") == remembered.search("musician", "bill evans") == (PIANIST,)
    assert remembered.look_up("musician", str(PIANIST.mbid)) == PIANIST
    assert remembered.look_up("musician", "gone") is remembered.look_up("musician", "gone") is None
    assert len(music.asked) == 3
    now[0] += GOOD_FOR + timedelta(days=1)
    assert remembered.search("musician", "Bill Evans") == (PIANIST,)
    assert len(music.asked) == 4


def test_an_outage_of_musicbrainz_is_not_remembered_as_an_answer(database: Database) -> None:
    music = FakeMusicDatabase(PIANIST)
    remembered = RememberedMusicDatabase(database, music)
    music.error = SourceUnavailable("down")
    with pytest.raises(SourceUnavailable):
        remembered.search("musician", "Bill Evans")
    music.error = None
    assert remembered.search("musician", "Bill Evans") == (PIANIST,)


def test_who_is_touched_is_found_without_reading_every_decision(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    corpus = Corpus(database)
    konitz = corpus.link("Lee Konitz", key="alone").links[0].entity_id or ""
    trio = corpus.link("Lee Konitz Trio", key="trio").links[0].entity_id or ""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_more: object) -> None:
        asked.append((statement, given))

    event.listen(database.engine, "before_cursor_execute", note)
    corpus.merge(trio, konitz)
    corpus.people.correct(lambda people: people.add_alias(konitz, "Lee"), "ann")
    corpus.people.correct(lambda people: people.link("Lee Konitz", konitz, None, None, replace=False), "ann")
    event.remove(database.engine, "before_cursor_execute", note)
    reads = [one for one in asked if "entity_decisions" in one[0]]
    with database.reading() as connection:
        plans = [row[3] for one in reads for row in connection.exec_driver_sql(f"explain query plan {one[0]}", one[1])]
    database.close()
    assert len(reads) >= 3
    assert [plan for plan in plans if plan.startswith("SCAN entity_decisions")] == []


def test_linking_again_costs_no_more_however_many_episodes_name_the_same(
    corpus: Corpus, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_EPISODES", 3)
    said = Name("musician", "Bill Evans")
    asked: list[str] = []
    listen = (database.engine, "before_cursor_execute", lambda *heard: asked.append(heard[2]))
    costs: list[tuple[int, dict[str, int]]] = []
    for many in (6, 18):
        for number in range(many):
            corpus.link("Bill Evans", "Lee Konitz", "Nobody Known", key=f"episode-{number}")
        asked.clear()
        event.listen(*listen)
        corpus.link("Bill Evans", "Lee Konitz", "Nobody Known", key="episode-0")
        event.remove(*listen)
        counts = corpus.registry.candidates("episode-0", {said: {"musician"}})[said].episodes
        costs.append((len(asked), counts))
    assert costs[0] == costs[1]
    assert sorted(costs[0][1].values()) == [0, 3]


def test_a_merge_touches_the_episodes_in_which_nobody_knows_who_is_meant(corpus: Corpus) -> None:
    corpus.chooser.mbid = None
    corpus.link("Bill Evans", key="open")
    pianist, saxophonist = (one.entity.entity_id or "" for one in corpus.people.find("Bill Evans"))
    assert corpus.merge(pianist, saxophonist) == ("open",)


def test_a_merge_touches_as_many_episodes_as_name_whom_it_merges_whatever_else_there_is(corpus: Corpus) -> None:
    konitz = corpus.link("Lee Konitz", key="alone").links[0].entity_id or ""
    for number in range(40):
        corpus.link(f"Nobody Known{number}", "Lee Konitz", key=f"other-{number}")
    for number in range(7):
        corpus.link("Lee Konitz Trio", key=f"trio-{number}")
    trio = corpus.link("Lee Konitz Trio", key="trio-0").links[0].entity_id or ""
    touched = corpus.merge(trio, konitz)
    assert touched == tuple(f"trio-{number}" for number in range(7))
