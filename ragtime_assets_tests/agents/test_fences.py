"""What strangers say reaches a model inside a fence only, wherever they say it; `docs/security.md` lists the ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from ragtime_assets.adapters.browser.labels import button_words
from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
from ragtime_assets.adapters.pages.reader import EpisodePageReader
from ragtime_assets.agents.answerer import ModelAnswerer, Research
from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.agents.downloader import AgentAudioFinder, PageInBrowser
from ragtime_assets.agents.entities import ModelEntityReader
from ragtime_assets.agents.investigator import ModelInvestigator
from ragtime_assets.agents.summary import ModelSummaryWriter
from ragtime_assets.domain.answering.sources import Sources
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode, Match
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import RagtimeError, SourceUnavailable
from ragtime_assets.phases.chunks import make_chunks
from ragtime_assets_tests.agents.conftest import Bench
from ragtime_assets_tests.agents.shelf import Shelf, answer_check
from ragtime_assets_tests.corpus.rows import passage
from ragtime_assets_tests.fakes import FakeFetcher, FakeLanguageDetector, FakePodcastIndex, FakeProgress, details_of
from ragtime_assets_tests.openai_server import SUMMARY, Answer, Asked, output, tool_call

PLANTED = "xyzzyobey"
"""What every stranger says; no text of ours has it."""
PAGE = f"https://pod.example/{PLANTED}/episode-7"
BROKEN = f"https://pod.example/{PLANTED}/broken"
AUDIO = f"https://cdn.example/{PLANTED}.mp3"
_FENCED = re.compile(r"<<<BEGIN ([A-Z]+) ([0-9a-f]{24})>>>\n(.*?)\n<<<END \1 \2>>>", re.DOTALL)


def told_outside_fences(asked: Asked) -> list[str]:
    """What the model is told outside every fence; what it said itself is nobody's instruction."""
    texts = [str(one.get("content") or "") for one in asked.body["messages"] if one["role"] != "assistant"]
    return [_FENCED.sub(_unless_sealed, text) for text in texts]


def _unless_sealed(found: re.Match[str]) -> str:
    return "" if found[0] == fenced(found[1].lower(), found[3]) else found[0]


@dataclass
class Page:
    """A page in a browser on which everything is planted."""

    def open(self, url: str) -> str:
        if url == BROKEN:
            raise SourceUnavailable(f"{BROKEN} answered 503 {PLANTED}")
        return PAGE

    def text(self) -> str:
        return PLANTED

    def addresses(self) -> tuple[str, ...]:
        return (AUDIO,)

    def press(self, name: str) -> bool:
        return False

    def press_at(self, x: float, y: float) -> None:
        """Nothing is there."""

    def screenshot(self) -> bytes:
        return b"\xff\xd8 picture"

    def headers_for(self, url: str) -> dict[str, str]:
        return {}


INDEXED = IndexedEpisode(index="fyyd", title=PLANTED, show=PLANTED, feed_url=PAGE, guid=PLANTED)
READ = details_of(
    PAGE, title=PLANTED, show=PLANTED, description=PLANTED, audio=(AudioCandidate(url=AUDIO, origin="enclosure"),)
)
WEB = {
    PAGE: Document(PAGE, f"<h1>Podcast {PLANTED}</h1><a href='{BROKEN}'>{PLANTED}</a>".encode(), "text/html"),
    BROKEN: SourceUnavailable(f"{BROKEN} answered 503 {PLANTED}"),
    AUDIO: Document(AUDIO, PLANTED.encode(), f"text/{PLANTED}"),
}


def investigated(bench: Bench) -> None:
    fetcher, index = FakeFetcher(WEB), FakePodcastIndex([INDEXED])
    pages, detector = EpisodePageReader(), FakeLanguageDetector()
    ModelInvestigator(bench.caller(), fetcher, pages, detector, (index,)).investigate(PAGE, READ, bench.trace)


def hunted(bench: Bench) -> None:
    @contextmanager
    def browser(_language: str | None) -> Iterator[PageInBrowser]:
        yield Page()

    finder = AgentAudioFinder(
        bench.caller(), FakeFetcher(WEB), browser, button_words, lambda *_: (INDEXED, Match(1.0, ("title",)))
    )
    list(finder.links(READ, bench.trace))


def transcript(*words: str) -> Transcript:
    segments = tuple(Segment(start=at, end=at + 1, text=text, speaker=PLANTED) for at, text in enumerate(words))
    return Transcript(engine="e", language=PLANTED, duration=len(words), timing_source="audio", segments=segments)


def summarised(bench: Bench) -> None:
    ModelSummaryWriter(bench.caller(), FastTextLanguageDetector(), FakeProgress()).write(transcript(PLANTED))


def summarised_in_parts(bench: Bench) -> None:
    long = transcript(*(f"{PLANTED} {'word ' * 180}" for _ in range(30)))
    ModelSummaryWriter(bench.caller(), FastTextLanguageDetector(), FakeProgress()).write(long)


def read(bench: Bench) -> None:
    list(ModelEntityReader(bench.caller(), FakeProgress()).read(make_chunks(transcript(PLANTED)), load_vocabulary()))


def answered(bench: Bench) -> None:
    shelf = Shelf((passage("a", PLANTED, episode_title=PLANTED, show=PLANTED, speakers=(PLANTED,)),), name=PLANTED)
    research = Research("Who?", shelf, shelf, answer_check(), Sources())
    ModelAnswerer(bench.caller()).answer(research, [("Before?", PLANTED)])


FINDING = {"is_podcast_episode": True, "title": PLANTED, "summary": PLANTED, "report": PLANTED}
NOTES = {"text": PLANTED, "moments": [{"at": "0:01", "title": PLANTED}]}
MENTION = {"type": "person", "surface": PLANTED, "name": PLANTED}


@pytest.mark.parametrize(
    ("work", "answers"),
    [
        (investigated, [tool_call("fetch_url", url=f"https://{PLANTED}.example"), output(FINDING | {"show": PLANTED})]),
        (investigated, [tool_call("fetch_url", url=PAGE), tool_call("fetch_url", url=BROKEN), output(FINDING)]),
        (investigated, [tool_call("fetch_url", url=PAGE), tool_call("search_indexes", title=PLANTED)]),
        (investigated, [tool_call("fetch_url", url=PAGE), tool_call("search_indexes", title=f"un{PLANTED}")]),
        (investigated, [tool_call("fetch_url", url=PAGE), output(FINDING | {"title": f"un{PLANTED}"})]),
        (investigated, [tool_call("fetch_url", url=PAGE), output(FINDING | {"audio_url": f"{AUDIO}?un"})]),
        (investigated, [tool_call("fetch_url", url=PAGE), output(FINDING | {"published": PLANTED})]),
        (investigated, [tool_call("fetch_url", url=PAGE), output(FINDING | {"language": PLANTED})]),
        (investigated, [tool_call("fetch_url", url=PAGE), output(FINDING | {"guid": [PLANTED], PLANTED: 1})]),
        (investigated, [tool_call("fetch_url", page=PLANTED)]),
        (investigated, [tool_call(PLANTED, url=PLANTED)]),
        (hunted, [tool_call("open_page", url=PAGE), tool_call("read_page"), tool_call("find_audio")]),
        (hunted, [tool_call("open_page", url=BROKEN), tool_call("take", url=AUDIO), tool_call("search_indexes")]),
        (hunted, [tool_call("press", name=PLANTED), tool_call("button_names", language=PLANTED)]),
        (hunted, [tool_call("press_at", x=PLANTED, y=1), output({"report": [PLANTED]})]),
        (summarised, [output(SUMMARY | {"line": PLANTED * 90}), output(SUMMARY | {"paragraphs": PLANTED})]),
        (summarised, [output(SUMMARY | {"key_moments": [{"at": PLANTED, "title": PLANTED}]})]),
        (summarised_in_parts, [output(NOTES), output(NOTES), output({"text": [PLANTED]})]),
        (read, [output({"mentions": [MENTION | {"type": f"{PLANTED}{n}"} for n in range(5)]})]),
        (read, [output({"mentions": [MENTION | {"surface": f"{PLANTED}{n}"} for n in range(5)]})]),
        (answered, [tool_call("search_passages", query="x"), output({"answer": f"{PLANTED} in 1999 [1]."})]),
        (answered, [tool_call("list_episodes"), tool_call("find_entity", name="x"), output({"answer": [PLANTED]})]),
        (answered, [tool_call("search_passages", query="x", show="Nope"), tool_call(PLANTED)]),
        (read, [output({"mentions": [MENTION | {"name": PLANTED * 60}]}), output({"mentions": PLANTED})]),
    ],
)
def test_no_stranger_s_word_is_outside_a_fence_in_any_request(
    bench: Bench, work: Callable[[Bench], None], answers: list[Answer]
) -> None:
    bench.server.script(*answers)
    bench.server.otherwise = lambda _asked: output({"nothing": "more"})
    try:
        work(bench)
    except RagtimeError:
        assert len(bench.server.asked) > 1, "the model was asked again after the answer with planted words"

    assert PLANTED in bench.server.asked[-1].text
    for asked in bench.server.asked:
        assert [text for text in told_outside_fences(asked) if PLANTED in text] == []


def test_a_fence_whose_text_was_changed_counts_as_none() -> None:
    sealed = fenced("page", PLANTED)
    asked: Any = lambda text: Asked({"messages": [{"role": "user", "content": text}]}, {}, 0.0)  # noqa: E731

    assert told_outside_fences(asked(sealed)) == [""]
    assert PLANTED in told_outside_fences(asked(sealed.replace(PLANTED, f"{PLANTED}!")))[0]
