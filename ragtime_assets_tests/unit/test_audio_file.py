"""Every address of the audio is tried in order, and the first that gives audio is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ragtime_assets.domain.artifacts.audio_file import AudioFacts, AudioFile
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, AudioOrigin, EpisodeDetails, Source
from ragtime_assets.domain.episode.fetched import AudioLink, Document, Download
from ragtime_assets.domain.episode.indexed_episode import Match
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import (
    AudioNotFound,
    BlockedAddress,
    EngineUnavailable,
    InvalidAudio,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    StorageFull,
    StoreUnavailable,
    TimedOut,
    TooLarge,
)
from ragtime_assets.phases.audio.known_addresses import DirectAudioFinder, FeedAudioFinder
from ragtime_assets.phases.audio_file import Taking, make_audio_file
from ragtime_assets.ports import AudioFinder, Progress
from ragtime_assets_tests.fakes import FakeAudioFinder, FakeFeedReader

AUDIO = b"ID3 audio"
ONE, TWO, THREE = (f"https://cdn.example/{n}.mp3" for n in (1, 2, 3))


class Web:
    """Gives bytes, or raises."""

    def __init__(self, files: Mapping[str, bytes | RagtimeError]) -> None:
        self.files = files
        self.visited: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
        raise AssertionError("audio is downloaded, not fetched")

    def download(self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None) -> Download:
        self.visited.append(url)
        found = self.files[url]
        if isinstance(found, RagtimeError):
            raise found
        to.write_bytes(found)
        progress(len(found), len(found), "downloading")
        return Download(url, to, len(found), hashlib.sha256(found).hexdigest())


class Probe:
    """Takes what begins like an ID3 tag for audio of a minute."""

    def probe(self, path: Path) -> AudioFacts:
        if not path.read_bytes().startswith(b"ID3"):
            raise InvalidAudio("no audio stream")
        return AudioFacts(container="mp3", codec="mp3", duration=60.0, sample_rate=44_100, channels=2)


class Blobs:
    """Keeps files in memory."""

    def __init__(self, failure: RagtimeError | None = None) -> None:
        self.kept: dict[str, bytes] = {}
        self.failure = failure

    def put(self, path: Path, digest: str) -> None:
        if self.failure:
            raise self.failure
        self.kept[digest] = path.read_bytes()

    def put_bytes(self, content: bytes) -> str:
        raise AssertionError("audio comes as a file")

    def local_copy(self, digest: str) -> AbstractContextManager[Path]:
        raise AssertionError("nothing is read back")


def silent(_done: float, _total: float | None, _doing: str) -> None:
    """Progress that nobody watches."""


def episode(*audio: tuple[str, AudioOrigin]) -> EpisodeDetails:
    return EpisodeDetails(
        engine="rss",
        url="https://pod.example/one",
        title="One",
        audio=tuple(AudioCandidate(url=url, origin=origin) for url, origin in audio),
        source=Source(kind="canonical"),
        outcome="ok",
        confidence=1.0,
    )


def make(
    work: Path,
    files: Mapping[str, bytes | RagtimeError],
    details: EpisodeDetails | None = None,
    blobs: Blobs | None = None,
    max_seconds: int = 3_600,
) -> AudioFile:
    return hunt(work, Web(files), details or episode(*((url, "enclosure") for url in files)), blobs, max_seconds)


def hunt(
    work: Path,
    web: Web,
    details: EpisodeDetails,
    blobs: Blobs | None = None,
    max_seconds: int = 3_600,
    beyond: Sequence[AudioFinder] = (),
) -> AudioFile:
    finders = (DirectAudioFinder(), FeedAudioFinder(web, FakeFeedReader()), *beyond)
    return make_audio_file(details, finders, Taking(web, Probe(), blobs or Blobs(), work, max_seconds, silent), Trace())


def test_a_file_of_this_machine_is_said_to_be_one(tmp_path: Path) -> None:
    assert make(tmp_path, {"file:///podcasts/one.mp3": AUDIO}).engine == "file"


def test_the_first_address_that_gives_audio_is_kept_and_every_attempt_recorded(tmp_path: Path) -> None:
    blobs = Blobs()
    files = {ONE: SourceGone("answered 404"), TWO: AUDIO, THREE: SourceGone("answered 410")}
    found = make(tmp_path, files, episode((ONE, "enclosure"), (TWO, "alternate"), (THREE, "open_graph")), blobs)
    assert (found.url, found.tier, found.engine, found.bytes) == (TWO, "feed", "http", len(AUDIO))
    assert blobs.kept == {found.sha256: AUDIO}
    assert [(a.tier, a.url, a.outcome, a.bytes, a.error) for a in found.attempts] == [
        ("direct", ONE, "failed", 0, "SourceGone: answered 404"),
        ("direct", THREE, "failed", 0, "SourceGone: answered 410"),
        ("feed", TWO, "ok", len(AUDIO), None),
    ]
    assert list(tmp_path.iterdir()) == []


def test_an_address_named_twice_is_tried_once(tmp_path: Path) -> None:
    web = Web({ONE: SourceGone("404"), TWO: AUDIO})
    details = episode((ONE, "enclosure"), (ONE, "media_element"), (TWO, "alternate"))
    found = hunt(tmp_path, web, details)
    assert web.visited == [ONE, TWO]
    assert found.tier == "feed"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html>Log in</html>", "web page instead of audio"),
        (b"", "empty file"),
        (b"0123456789", "no audio stream"),
    ],
)
def test_what_is_not_audio_is_refused_by_its_bytes_and_not_kept(tmp_path: Path, body: bytes, words: str) -> None:
    blobs = Blobs()
    with pytest.raises(AudioNotFound, match=f"InvalidAudio: .*{words}"):
        make(tmp_path, {ONE: body}, blobs=blobs)
    assert blobs.kept == {}
    assert list(tmp_path.iterdir()) == []
    assert make(tmp_path, {ONE: body, TWO: AUDIO}).url == TWO


def test_audio_longer_than_the_limit_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFound, match="RAGTIME_MAX_AUDIO_SECONDS") as caught:
        make(tmp_path, {ONE: AUDIO}, max_seconds=59)
    assert caught.value.remedy == TooLarge.remedy


def test_a_failure_lists_every_attempt(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFound) as caught:
        make(tmp_path, {ONE: SourceUnavailable("answered 503"), TWO: BlockedAddress("leads to 10.0.0.1")})
    assert f"{ONE}: SourceUnavailable: answered 503" in caught.value.message
    assert f"{TWO}: BlockedAddress: leads to 10.0.0.1" in caught.value.message
    assert [attempt["url"] for attempt in caught.value.details["attempts"]] == [ONE, TWO]


def test_when_every_failure_may_pass_the_whole_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="none of the 2 ways") as caught:
        make(tmp_path, {ONE: SourceUnavailable("429", retry_after=40), TWO: TimedOut("slow")})
    assert caught.value.retry_after == 40


def test_an_error_without_words_still_names_itself(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="TimedOut: TimedOut"):
        make(tmp_path, {ONE: TimedOut()})


def test_a_full_disk_stops_at_once(tmp_path: Path) -> None:
    web = Web({ONE: StorageFull("no space"), TWO: AUDIO})
    with pytest.raises(StorageFull):
        hunt(tmp_path, web, episode((ONE, "enclosure"), (TWO, "enclosure")))
    assert web.visited == [ONE]


def test_a_store_that_fails_is_not_taken_for_bad_audio(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        make(tmp_path, {ONE: AUDIO, TWO: AUDIO}, blobs=Blobs(StoreUnavailable("no answer")))
    assert list(tmp_path.iterdir()) == []


def test_an_episode_without_any_address_says_so(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFound, match="names no address"):
        make(tmp_path, {})


def test_no_file_is_named_after_an_address(tmp_path: Path) -> None:
    seen: list[Path] = []

    class Watching(Web):
        def download(
            self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None
        ) -> Download:
            seen.append(to)
            return super().download(url, to, progress)

    evil = "https://cdn.example/../../etc/%2e%2e/passwd"
    hunt(tmp_path, Watching({evil: AUDIO}), episode((evil, "enclosure")))
    assert seen == [tmp_path / "audio-1"]


def test_a_tier_is_asked_only_when_those_before_it_failed(tmp_path: Path) -> None:
    later = FakeAudioFinder("browser")
    assert hunt(tmp_path, Web({ONE: AUDIO}), episode((ONE, "enclosure")), beyond=[later]).tier == "direct"
    assert later.asked == 0


def test_a_later_tier_finds_what_is_stale_and_says_how_it_was_matched(tmp_path: Path) -> None:
    unsure = Match(score=0.6, sure=False, reasons=("title near",))
    web = Web({ONE: b"<!DOCTYPE html><html>Log in</html>", TWO: AUDIO})
    tiers = [FakeAudioFinder("index", AudioLink(ONE), AudioLink(TWO, match=unsure)), FakeAudioFinder("browser")]
    found = hunt(tmp_path, web, episode((ONE, "enclosure")), beyond=tiers)
    assert (found.tier, found.engine, found.url, found.match) == ("index", "index", TWO, unsure)
    assert found.low_confidence
    assert web.visited == [ONE, TWO]


def test_a_tier_that_cannot_look_is_an_attempt_and_the_next_one_is_asked(tmp_path: Path) -> None:
    broken = FakeAudioFinder("browser", failure=EngineUnavailable("no Chromium is installed"))
    found = hunt(tmp_path, Web({TWO: AUDIO}), episode(), beyond=[broken, FakeAudioFinder("agent", AudioLink(TWO))])
    assert [(a.tier, a.outcome) for a in found.attempts] == [("browser", "failed"), ("agent", "ok")]


def test_when_every_tier_fails_each_is_listed_with_its_reason(tmp_path: Path) -> None:
    broken = FakeAudioFinder("browser", failure=EngineUnavailable("no Chromium is installed"))
    index = FakeAudioFinder("index", AudioLink(TWO))
    with pytest.raises(AudioNotFound) as caught:
        hunt(tmp_path, Web({ONE: SourceGone("404"), TWO: b""}), episode((ONE, "enclosure")), beyond=[index, broken])
    for words in (f"direct {ONE}: SourceGone", f"index {TWO}: InvalidAudio", "no Chromium is installed"):
        assert words in caught.value.message


def test_an_enclosure_that_moved_is_read_from_the_feed_again(tmp_path: Path) -> None:
    feed = "https://pod.example/feed"

    class Feed(Web):
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
            return Document(url, b"<rss/>", "text/xml")

    web = Feed({ONE: SourceGone("404"), TWO: AUDIO})
    stale = episode((ONE, "enclosure")).model_copy(update={"feed_url": feed, "guid": "g1"})
    fresh = episode((TWO, "enclosure")).model_copy(update={"guid": "g1"})
    finder = FeedAudioFinder(web, FakeFeedReader({feed: [fresh]}))
    taking = Taking(web, Probe(), Blobs(), tmp_path, 60, silent)
    trace = Trace()
    found = make_audio_file(stale, [DirectAudioFinder(), finder], taking, trace)
    assert (found.url, found.tier) == (TWO, "feed")
    assert [step.tool for step in trace.steps] == ["tier direct", "read feed again", "tier feed"]
