"""The journal: what is found again, what never is, and what is gone when the artifact is saved."""

from __future__ import annotations

import pytest

from ragtime_assets import errors
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.journal import EpisodeJournal, Journals


@pytest.fixture
def journals(database: Database) -> Journals:
    """The journal of a fresh corpus."""
    return Journals(database)


@pytest.fixture
def journal(journals: Journals) -> EpisodeJournal:
    """The journal of one phase of one episode."""
    return journals.of("one", "entities")


def test_what_was_kept_is_found_by_unit_request_and_turn_only(journal: EpisodeJournal) -> None:
    journal.keep("chunk", "request", "answer", 1)
    assert journal.find("chunk", "request", 1) == "answer"
    assert [journal.find(*other) for other in (("chunk", "request"), ("other", "request", 1), ("chunk", "x", 1))] == [
        None
    ] * 3


def test_journals_of_other_phases_and_episodes_do_not_mix(journals: Journals, journal: EpisodeJournal) -> None:
    journal.keep("chunk", "request", "answer")
    assert journals.of("one", "summary").find("chunk", "request") is None
    assert journals.of("two", "entities").find("chunk", "request") is None


def test_keeping_again_replaces(journal: EpisodeJournal) -> None:
    journal.keep("chunk", "request", "first")
    journal.keep("chunk", "request", "second")
    assert journal.find("chunk", "request") == "second"


def test_a_rejected_answer_is_not_found_until_a_better_one_takes_its_place(journal: EpisodeJournal) -> None:
    journal.keep("chunk", "request", "bad")
    journal.reject("chunk", "request")
    assert journal.find("chunk", "request") is None
    journal.keep("chunk", "request", "good")
    assert journal.find("chunk", "request") == "good"


def test_sealing_several_episodes_drops_their_answers_in_this_phase_only(journals: Journals) -> None:
    places = [("one", "entities"), ("two", "entities"), ("three", "entities"), ("one", "summary")]
    for place in places:
        journals.of(*place).keep("chunk", "request", "answer")
    journals.seal(["one", "two"], "entities")
    left = [place for place in places if journals.of(*place).find("chunk", "request")]
    assert left == [("three", "entities"), ("one", "summary")]


def test_sealing_drops_the_answers_of_this_phase_only(journals: Journals, journal: EpisodeJournal) -> None:
    other = journals.of("one", "summary")
    journal.keep("chunk", "request", "answer")
    other.keep("chunk", "request", "answer")
    journal.seal()
    assert journal.find("chunk", "request") is None
    assert other.find("chunk", "request") == "answer"


@pytest.mark.parametrize(
    "verdict",
    [
        *(errors.NotAnEpisode, errors.AudioNotFound, errors.AudioUnsure, errors.InvalidAudio, errors.NoSpeech),
        errors.DuplicateEpisode,
    ],
)
def test_a_verdict_seals_as_an_artifact_does(journal: EpisodeJournal, verdict: type[errors.RagtimeError]) -> None:
    journal.keep("chunk", "request", "answer")
    with pytest.raises(verdict), journal.sealed_by_verdict():
        raise verdict("judged")
    assert journal.find("chunk", "request") is None


@pytest.mark.parametrize(
    "interruption",
    [
        *(errors.SourceUnavailable, errors.TimedOut, errors.StorageFull, errors.BudgetSpent, errors.OutputInvalid),
        *(errors.ConfigurationError, errors.PermanentError, errors.TooLarge, errors.WaitsForSpeech),
        *(errors.ApprovalNeeded, KeyError, KeyboardInterrupt),
    ],
)
def test_what_was_cut_short_finds_its_answers_again(journal: EpisodeJournal, interruption: type[BaseException]) -> None:
    journal.keep("chunk", "request", "answer")
    with pytest.raises(interruption), journal.sealed_by_verdict():
        raise interruption("cut short")
    assert journal.find("chunk", "request") == "answer"


def test_when_an_episode_got_its_last_answer_is_told_until_the_phases_are_sealed(journals: Journals) -> None:
    assert journals.last_kept("one") is None
    for asset in ("entities", "summary"):
        journals.of("one", asset).keep("chunk", "request", "answer")
    journals.of("two", "entities").keep("chunk", "request", "answer")
    last, others = journals.last_kept("one"), journals.last_kept("two")
    assert last is not None
    assert others is not None
    assert last <= others, "of this episode only"
    journals.seal(["one"], "summary")
    first = journals.last_kept("one")
    assert first is not None
    assert first <= last
    journals.seal(["one"], "entities")
    assert journals.last_kept("one") is None


def test_forgetting_an_episode_drops_the_text_of_all_its_phases(journals: Journals, journal: EpisodeJournal) -> None:
    journal.keep("a", "request", "text")
    journal.reject("a", "request")
    journals.of("one", "summary").keep("a", "request", "text")
    journals.of("two", "summary").keep("a", "request", "text")
    assert journals.forget("one") == 2
    assert journals.forget("one") == 0
    assert journals.of("two", "summary").find("a", "request") == "text"


@pytest.mark.parametrize("answer", ["", "🎷 ü \\u0000", "x" * 1_000_000])
def test_an_answer_comes_back_as_it_was(journal: EpisodeJournal, answer: str) -> None:
    journal.keep("u" * 500, "r" * 64, answer)
    assert journal.find("u" * 500, "r" * 64) == answer
