"""Names that MusicBrainz was not asked about: looked up in the background, and their episodes asked for once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.late_names import LateNames
from ragtime_assets.corpus.registry.lookups import RememberedMusicDatabase
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import again_from
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import SourceUnavailable
from ragtime_assets.phases.entity_links import Linking, make_entity_links, rules_of
from ragtime_assets.phases.linking.late_lookups import look_up_late
from ragtime_assets_tests.corpus.names import known, mention
from ragtime_assets_tests.fakes import FakeMusicDatabase, details_of

VOCABULARY = load_vocabulary()
KONITZ = known("Lee Konitz", 3)
PHASES = again_from(EntityLinks.asset)


class Corpus:
    """An episode that was submitted, and a MusicBrainz that may be down."""

    def __init__(self, database: Database) -> None:
        self.music = FakeMusicDatabase(KONITZ)
        self.remembered = RememberedMusicDatabase(database, self.music)
        self.registry = SqlEntityRegistry(database, VOCABULARY.people)
        self.late = LateNames(database)
        self.submissions = Submissions(database)
        (receipt,) = self.submissions.submit([page_submission("https://show.example/one")], by="ann")
        self.key = receipt.key

    def link(self) -> EntityLinks:
        entities = Entities(engine="rules", language="en", mentions=(mention("Lee Konitz"),))
        return make_entity_links(self.key, details_of(), entities, Linking(self.registry, VOCABULARY, self.remembered))

    def look_up(self, seconds: float = 60.0) -> list[str]:
        """What the background does; the episodes that are asked for again."""
        began = datetime.now(UTC) + timedelta(seconds=1)
        waiting = self.late.waiting(10)
        found = list(look_up_late(waiting, self.remembered, VOCABULARY, rules_of(VOCABULARY), Deadline(seconds)))
        return self.late.link_again(found, began, "lookups", PHASES)

    def asked_for(self) -> list[tuple[str, ...] | None]:
        return [one.assets for one in self.submissions.after(0, 100)][1:]


@pytest.fixture
def corpus(database: Database) -> Corpus:
    return Corpus(database)


def test_an_episode_is_asked_for_once_when_all_that_its_names_waited_for_is_there(corpus: Corpus) -> None:
    corpus.music.error = SourceUnavailable("down")
    assert [one.later for one in corpus.link().decisions] == [True]
    assert corpus.late.is_waiting()
    assert corpus.late.waiting(10) == {corpus.key: [Name("musician", "Lee Konitz")]}
    with pytest.raises(SourceUnavailable):
        corpus.look_up()
    assert corpus.asked_for() == []
    corpus.music.error = None
    assert corpus.look_up() == [corpus.key]
    assert corpus.asked_for() == [PHASES]
    assert not corpus.late.is_waiting()
    assert corpus.look_up() == []
    asked = len(corpus.music.asked)
    (decision,) = corpus.link().decisions
    assert (decision.outcome, decision.mbid, decision.later) == ("linked", KONITZ.mbid, False)
    assert len(corpus.music.asked) == asked


def test_where_the_time_is_up_nothing_is_asked_for_and_the_name_goes_on_waiting(corpus: Corpus) -> None:
    corpus.music.error = SourceUnavailable("down")
    corpus.link()
    corpus.music.error = None
    assert corpus.look_up(seconds=0.0) == []
    assert corpus.late.is_waiting()
    assert corpus.asked_for() == []


def test_an_episode_that_was_linked_meanwhile_is_left_for_the_next_time(corpus: Corpus) -> None:
    corpus.music.error = SourceUnavailable("down")
    before = datetime.now(UTC)
    corpus.link()
    assert corpus.late.link_again([corpus.key], before, "lookups", PHASES) == []
    assert corpus.late.is_waiting()


def test_a_forgotten_episode_is_asked_for_no_more(corpus: Corpus) -> None:
    corpus.music.error = SourceUnavailable("down")
    corpus.link()
    corpus.submissions.bury(corpus.key)
    after = datetime.now(UTC) + timedelta(seconds=1)
    assert corpus.late.link_again([corpus.key], after, "lookups", PHASES) == []
    assert not corpus.late.is_waiting()


def test_what_was_asked_of_one_type_answers_for_no_other(corpus: Corpus) -> None:
    assert corpus.remembered.search("musician", "Lee Konitz") == (KONITZ,)
    assert corpus.remembered.search("musician", "lee konitz") == (KONITZ,)
    assert corpus.music.asked == ["Lee Konitz"]
    corpus.remembered.search("city", "Lee Konitz")
    assert corpus.music.asked == ["Lee Konitz", "Lee Konitz"]
