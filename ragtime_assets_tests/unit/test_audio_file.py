"""Every address of the audio is tried in order, and the first that gives audio is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ragtime_assets.domain.audio_file import AudioFacts, AudioFile
from ragtime_assets.domain.episode_details import AudioCandidate, AudioOrigin, EpisodeDetails, Source
from ragtime_assets.errors import (
    AudioNotFound,
    BlockedAddress,
    InvalidAudio,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    StorageFull,
    StoreUnavailable,
    TimedOut,
    TooLarge,
)
from ragtime_assets.phases.audio_file import make_audio_file
from ragtime_assets.ports import Document, Download, Progress

AUDIO = b"ID3 audio"
ONE, TWO, THREE = (f"https://cdn.example/{n}.mp3" for n in (1, 2, 3))


class Web:
    """Gives bytes, or raises."""

    def __init__(self, files: Mapping[str, bytes | RagtimeError]) -> None:
        self.files = files
        self.visited: list[str] = []

    def fetch(self, url: str) -> Document:
        raise AssertionError("audio is downloaded, not fetched")

    def download(self, url: str, to: Path, progress: Progress) -> Download:
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
    details = details or episode(*((url, "enclosure") for url in files))
    return make_audio_file(details, Web(files), Probe(), blobs or Blobs(), work, max_seconds, silent)


def test_the_first_address_that_gives_audio_is_kept_and_every_attempt_recorded(tmp_path: Path) -> None:
    blobs = Blobs()
    files = {ONE: SourceGone("answered 404"), TWO: AUDIO, THREE: AUDIO}
    found = make(tmp_path, files, episode((ONE, "enclosure"), (TWO, "open_graph"), (THREE, "alternate")), blobs)
    assert (found.url, found.tier, found.engine, found.bytes) == (TWO, "direct", "http", len(AUDIO))
    assert blobs.kept == {found.sha256: AUDIO}
    assert [(a.tier, a.url, a.outcome, a.bytes, a.error) for a in found.attempts] == [
        ("feed", ONE, "failed", 0, "SourceGone: answered 404"),
        ("direct", TWO, "ok", len(AUDIO), None),
    ]
    assert list(tmp_path.iterdir()) == []


def test_an_address_named_twice_is_tried_once(tmp_path: Path) -> None:
    web = Web({ONE: SourceGone("404"), TWO: AUDIO})
    details = episode((ONE, "enclosure"), (ONE, "media_element"), (TWO, "alternate"))
    found = make_audio_file(details, web, Probe(), Blobs(), tmp_path, 60, silent)
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
    with pytest.raises(SourceUnavailable, match="none of the 2 addresses") as caught:
        make(tmp_path, {ONE: SourceUnavailable("429", retry_after=40), TWO: TimedOut("slow")})
    assert caught.value.retry_after == 40


def test_an_error_without_words_still_names_itself(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="TimedOut: TimedOut"):
        make(tmp_path, {ONE: TimedOut()})


def test_a_full_disk_stops_at_once(tmp_path: Path) -> None:
    web = Web({ONE: StorageFull("no space"), TWO: AUDIO})
    with pytest.raises(StorageFull):
        make_audio_file(episode((ONE, "enclosure"), (TWO, "enclosure")), web, Probe(), Blobs(), tmp_path, 60, silent)
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
        def download(self, url: str, to: Path, progress: Progress) -> Download:
            seen.append(to)
            return super().download(url, to, progress)

    evil = "https://cdn.example/../../etc/%2e%2e/passwd"
    make_audio_file(episode((evil, "enclosure")), Watching({evil: AUDIO}), Probe(), Blobs(), tmp_path, 60, silent)
    assert seen == [tmp_path / "audio-0"]
