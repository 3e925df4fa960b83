"""Asking several indexes: all at once, each contained, the best first."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets import errors
from ragtime_assets.domain.artifacts.episode_details import FILE_ENGINE, EpisodeDetails
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.phases.details.index_search import INDEX_SECONDS, IndexAudioFinder, best_match, look_up
from ragtime_assets_tests.fakes import FakePodcastIndex, details_of

PROJECT = Path(__file__).parents[2]
WANTED = details_of(duration=3600, guid="a-guid-of-its-own")


class SlowIndex(FakePodcastIndex):
    """Answers after a while, or when it is let go."""

    def __init__(self, seconds: float, found: Sequence[IndexedEpisode] = (), name: str = "slow") -> None:
        super().__init__(found, name=name)
        self.seconds = seconds
        self.let_go = threading.Event()

    def search(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
        self.let_go.wait(self.seconds)
        return super().search(wanted)

    def lookup(self, url: str) -> IndexedEpisode | None:
        self.let_go.wait(self.seconds)
        return super().lookup(url)


def episode(audio: str | None = "https://cdn.example/one.mp3", **changes: object) -> IndexedEpisode:
    """The wanted episode as an index knows it."""
    plain = {"index": "fake", "title": WANTED.title, "show": WANTED.show, "audio_url": audio}
    return IndexedEpisode.model_validate({**plain, **changes})


def test_the_audio_of_the_match_is_offered_with_how_it_was_matched() -> None:
    trace = Trace()
    links = list(IndexAudioFinder([FakePodcastIndex([episode()], name="apple")]).links(WANTED, trace))
    assert [link.url for link in links] == ["https://cdn.example/one.mp3"]
    assert links[0].match is not None
    assert links[0].match.reasons == ("title equal", "show equal")
    assert [(step.tool, step.outcome) for step in trace.steps] == [("index apple", "ok")]
    assert trace.steps[0].output == "1 found, the best scores 0.75 (title equal; show equal)"
    assert trace.steps[0].arguments == {"title": WANTED.title, "show": WANTED.show}


def test_the_sure_come_first_then_the_better_then_the_index_named_first() -> None:
    first = [episode("https://a/unsure.mp3", show=None), episode("https://a/good.mp3")]
    second = [episode("https://b/good.mp3"), episode("https://b/best.mp3", duration=3600)]
    indexes = [FakePodcastIndex(first, name="apple"), FakePodcastIndex(second, name="fyyd")]
    links = list(IndexAudioFinder(indexes).links(WANTED, Trace()))
    assert [link.url for link in links] == [
        "https://b/best.mp3",
        "https://a/good.mp3",
        "https://b/good.mp3",
        "https://a/unsure.mp3",
    ]
    assert [link.match.sure for link in links if link.match] == [True, True, True, False]


@pytest.mark.parametrize(
    "told_apart",
    [
        [{"published": datetime(2024, 5, day, 6, tzinfo=UTC)} for day in (1, 2, 3)],
        [{"guid": f"g{number}"} for number in (1, 2, 3)],
    ],
    ids=["by day", "by guid"],
)
def test_of_several_episodes_that_fit_alike_none_is_sure(told_apart: list[dict[str, Any]]) -> None:
    news = [episode(f"https://a/{n}.mp3", **changes) for n, changes in enumerate(told_apart)]
    links = list(IndexAudioFinder([FakePodcastIndex(news)]).links(WANTED, Trace()))
    assert [(link.match.sure, link.match.reasons[-1]) for link in links if link.match] == [
        (False, "several episodes fit")
    ] * 3


def test_two_shows_that_talk_of_the_same_on_one_day_are_two_episodes() -> None:
    wanted = WANTED.model_copy(update={"show": None, "published": datetime(2024, 5, 17, 12, tzinfo=UTC)})
    both = [
        episode(f"https://a/{n}.mp3", show=show, published=wanted.published, duration=3600)
        for n, show in enumerate(("The Jazz Hour", "Cooking with Gas"))
    ]
    best = best_match(wanted, [FakePodcastIndex(both)], Trace())
    assert best is not None
    assert not best[1].sure


def test_an_episode_that_fits_better_than_the_others_of_its_title_is_the_only_sure_one() -> None:
    news = [episode(f"https://a/{n}.mp3", guid=f"g{n}", duration=3600 if n == 2 else None) for n in (1, 2, 3)]
    elsewhere = episode("https://b/2.mp3", duration=3600)
    indexes = [FakePodcastIndex(news, name="apple"), FakePodcastIndex([elsewhere], name="fyyd")]
    links = list(IndexAudioFinder(indexes).links(WANTED, Trace()))
    assert [link.url for link in links if link.match and link.match.sure] == ["https://a/2.mp3", "https://b/2.mp3"]


def test_one_address_is_offered_once_with_its_best_match() -> None:
    weak = FakePodcastIndex([episode("http://cdn.example/one.mp3?utm_source=apple", show=None)])
    strong = FakePodcastIndex([episode("https://cdn.example/one.mp3")])
    links = list(IndexAudioFinder([weak, strong]).links(WANTED, Trace()))
    assert [(link.url, link.match and link.match.sure) for link in links] == [("https://cdn.example/one.mp3", True)]


def test_a_poor_match_is_not_offered() -> None:
    index = FakePodcastIndex([episode(title="Another"), episode(show="Cooking with Gas")], name="apple")
    with pytest.raises(errors.AudioNotFound, match=r"apple: 2 found, the best scores 0\.25"):
        list(IndexAudioFinder([index]).links(WANTED, Trace()))


def test_a_match_without_audio_leads_nowhere() -> None:
    with pytest.raises(errors.AudioNotFound):
        list(IndexAudioFinder([FakePodcastIndex([episode(None)])]).links(WANTED, Trace()))


def test_at_most_five_candidates_are_worth_a_download() -> None:
    many = [episode(f"https://cdn.example/{number}.mp3") for number in range(50)]
    assert len(list(IndexAudioFinder([FakePodcastIndex(many)]).links(WANTED, Trace()))) == 5


def test_without_an_index_there_is_nothing_to_say() -> None:
    trace = Trace()
    assert list(IndexAudioFinder([]).links(WANTED, trace)) == []
    assert best_match(WANTED, [], trace) is None
    assert look_up("https://show.example", [], trace) is None
    assert trace.steps == ()


def test_the_name_of_a_file_is_sent_to_no_index() -> None:
    trace, index = Trace(), FakePodcastIndex([episode()])
    of_a_file = details_of(
        "file:///home/ann/divorce.mp3", engine=FILE_ENGINE, title="Audio file divorce.mp3", show=None
    )
    assert list(IndexAudioFinder([index]).links(of_a_file, trace)) == []
    assert best_match(of_a_file, [index], trace) is None
    assert index.wanted == []
    assert "not asked" in trace.steps[0].output
    said_by_a_person = of_a_file.model_copy(update={"title": WANTED.title, "as_read": {"title": of_a_file.title}})
    assert best_match(said_by_a_person, [index], trace) is not None


def test_an_index_that_fails_does_not_stop_the_others() -> None:
    trace = Trace()
    broken = FakePodcastIndex(errors.InvalidContent("apple answered with a web page"), name="apple")
    links = list(IndexAudioFinder([broken, FakePodcastIndex([episode()], name="fyyd")]).links(WANTED, trace))
    assert len(links) == 1
    steps = {step.tool: step for step in trace.steps}
    assert (steps["index apple"].outcome, steps["index fyyd"].outcome) == ("failed", "ok")
    assert "web page" in steps["index apple"].output


def test_an_index_that_is_slow_is_given_up_and_the_others_count() -> None:
    trace, slow = Trace(), SlowIndex(60)
    started = time.monotonic()
    links = list(IndexAudioFinder([slow, FakePodcastIndex([episode()])], seconds=0.2).links(WANTED, trace))
    assert time.monotonic() - started < 30
    assert len(links) == 1
    failed = next(step for step in trace.steps if step.outcome == "failed")
    assert failed.tool == "index slow"
    assert failed.output == "TimedOut: slow did not answer within 0.2 seconds"
    assert 0.2 <= failed.seconds < 30
    slow.let_go.set()


def test_each_index_has_ten_seconds() -> None:
    assert INDEX_SECONDS == 10


def test_indexes_are_asked_all_at_once() -> None:
    meeting = threading.Barrier(3, timeout=30)

    class Meeting(FakePodcastIndex):
        def search(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
            meeting.wait()
            return super().search(wanted)

    indexes = [Meeting([episode(f"https://{name}/a.mp3")], name=name) for name in ("apple", "fyyd", "podcastindex")]
    assert len(list(IndexAudioFinder(indexes).links(WANTED, Trace()))) == 3


def test_an_index_that_never_answers_does_not_hold_up_the_end_of_the_process() -> None:
    script = (
        "import time\n"
        "from ragtime_assets.domain.episode.trace import Trace\n"
        "from ragtime_assets.phases.details.index_search import best_match\n"
        "from ragtime_assets_tests.fakes import FakePodcastIndex, details_of\n"
        "class Stuck(FakePodcastIndex):\n"
        "    def search(self, wanted):\n"
        "        time.sleep(60)\n"
        "print(best_match(details_of(), [Stuck()], Trace(), seconds=0.1))\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("None\n", "")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.SourceUnavailable("fyyd answered 503"), errors.SourceUnavailable),
        (errors.InvalidContent("fyyd sent a web page"), errors.AudioNotFound),
    ],
)
def test_that_nothing_was_found_may_change_only_if_an_index_may_answer_later(
    error: errors.RagtimeError, kind: type[errors.RagtimeError]
) -> None:
    indexes = [FakePodcastIndex(name="apple"), FakePodcastIndex(error, name="fyyd")]
    with pytest.raises(kind) as caught:
        list(IndexAudioFinder(indexes).links(WANTED, Trace()))
    assert caught.value.message == (
        f"no podcast index leads to the audio of “The first episode” (apple: none; fyyd: {error.message})"
    )


def test_indexes_are_not_asked_before_somebody_wants_to_know() -> None:
    index = FakePodcastIndex([episode()])
    links = IndexAudioFinder([index]).links(WANTED, Trace())
    assert index.wanted == []
    assert next(links).url
    assert index.wanted == [WANTED]


def test_the_best_match_needs_no_audio() -> None:
    known = episode(None, page_url="https://show.example/one", guid=WANTED.guid)
    best = best_match(WANTED, [FakePodcastIndex([episode()]), FakePodcastIndex([known])], Trace())
    assert best is not None
    assert best[0] == known
    assert best[1].reasons == ("guid equal",)


def test_no_match_is_none() -> None:
    assert best_match(WANTED, [FakePodcastIndex([episode(title="Another")])], Trace()) is None


def test_a_page_of_an_index_is_looked_up_there() -> None:
    trace, page = Trace(), "https://fyyd.example/episode/1"
    indexes = [FakePodcastIndex(name="apple"), FakePodcastIndex(pages={page: episode()}, name="fyyd")]
    assert look_up(page, indexes, trace) == episode()
    assert [step.output for step in trace.steps] == ["fyyd has “The first episode” of The show"]


def test_a_page_of_no_index_is_none() -> None:
    trace = Trace()
    assert look_up("https://show.example/one", [FakePodcastIndex()], trace) is None
    assert trace.steps == ()


def test_a_look_up_that_takes_too_long_is_a_failed_step() -> None:
    trace, slow = Trace(), SlowIndex(60)
    with pytest.raises(errors.TimedOut):
        look_up("https://fyyd.example/episode/1", [slow], trace, seconds=0.1)
    assert [(step.tool, step.outcome) for step in trace.steps] == [("index pages", "failed")]
    slow.let_go.set()
