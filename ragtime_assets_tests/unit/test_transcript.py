"""Captions when they are good, ears when they are not, and never a silent choice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.domain.audio_file import AudioFacts, AudioFile
from ragtime_assets.domain.episode_details import Chapter, EpisodeDetails, Person, PublisherTranscript, Source
from ragtime_assets.domain.transcript import Segment, Transcript, Word
from ragtime_assets.errors import (
    InvalidCaptions,
    NoSpeech,
    OutputInvalid,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
)
from ragtime_assets.phases.transcript import make_transcript, misfit, names, primary, read_chapters
from ragtime_assets.ports import Document, Hints, Progress

DURATION = 300.0
VTT = PublisherTranscript(url="http://show.example/1.vtt", media_type="text/vtt", language="en")
SRT = PublisherTranscript(url="http://show.example/1.srt", media_type="application/x-subrip", language="en")


def said(start: float, end: float, text: str = "some words") -> Segment:
    return Segment(start=start, end=end, text=text)


GOOD = (said(0, 150), said(150, 295))


class Web:
    """Answers with what it was given, and remembers what was asked for."""

    def __init__(self, **pages: bytes | RagtimeError) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def fetch(self, url: str) -> Document:
        name = url.rsplit("/", 1)[-1]
        self.asked.append(name)
        answer = self.pages.get(name.replace(".", "_"), b"")
        if isinstance(answer, RagtimeError):
            raise answer
        return Document(url, answer, "text/plain")

    def download(self, url: str, to: Path, progress: Progress) -> Any:
        raise AssertionError("the transcript downloads nothing")


class Captions:
    """Reads the same cues from everything, or refuses."""

    def __init__(self, answer: tuple[Segment, ...] | RagtimeError = GOOD) -> None:
        self.answer = answer

    def read(self, captions: Document, media_type: str) -> tuple[Segment, ...]:
        if isinstance(self.answer, RagtimeError):
            raise self.answer
        return self.answer


class Shelf:
    """Holds one file."""

    def put(self, path: Path, digest: str) -> None:
        raise AssertionError("the transcript keeps no blob")

    def put_bytes(self, content: bytes) -> str:
        raise AssertionError("the transcript keeps no blob")

    @contextmanager
    def local_copy(self, digest: str) -> Iterator[Path]:
        yield Path(digest)


class Ears:
    """Hears the same segments in everything, and remembers the hints."""

    engine = "ears"

    def __init__(self, *segments: Segment) -> None:
        self.segments = segments or (said(1, 2, "heard words"),)
        self.hints: list[Hints] = []

    def transcribe(self, audio: Path, facts: AudioFacts, hints: Hints, progress: Progress) -> Transcript:
        self.hints.append(hints)
        return Transcript(
            engine=self.engine,
            language="fr",
            duration=facts.duration,
            timing_source="audio",
            segments=self.segments,
            notes=("heard with care",),
        )


def details(**changes: Any) -> EpisodeDetails:
    usual: dict[str, Any] = {
        "engine": "test",
        "url": "http://show.example/1",
        "title": "An evening with Bill Evans",
        "language": "en-US",
        "source": Source(kind="canonical"),
        "outcome": "ok",
        "confidence": 1.0,
    }
    return EpisodeDetails(**{**usual, **changes})


def made(
    of: EpisodeDetails,
    mode: Any = "auto",
    web: Web | None = None,
    captions: Captions | None = None,
    ears: Ears | None = None,
    chapters: tuple[Chapter, ...] = (),
    progress: list[str] | None = None,
) -> Transcript:
    facts = AudioFacts(
        container="mp3", codec="mp3", duration=DURATION, sample_rate=44_100, channels=1, chapters=chapters
    )
    audio = AudioFile(
        engine="test",
        sha256="a" * 64,
        bytes=1,
        facts=facts,
        url="http://show.example/1.mp3",
        tier="direct",
        attempts=(),
    )
    said_aloud = progress if progress is not None else []
    return make_transcript(
        of,
        audio,
        mode=mode,
        fetcher=web or Web(),
        captions=captions or Captions(),
        blobs=Shelf(),
        transcriber=ears or Ears(),
        progress=lambda done, total, doing: said_aloud.append(doing),
    )


def test_good_captions_are_taken_and_nobody_listens() -> None:
    ears = Ears()

    transcript = made(details(transcripts=(VTT,)), ears=ears)

    assert (transcript.engine, transcript.timing_source) == ("publisher vtt", "publisher")
    assert (transcript.language, transcript.source_url) == ("en", VTT.url)
    assert transcript.segments == GOOD
    assert not ears.hints


def test_webvtt_comes_before_subrip_and_the_episode_s_language_before_unmarked() -> None:
    unmarked = VTT.model_copy(update={"language": None, "url": "http://show.example/unmarked.vtt"})
    web = Web(**{"1_vtt": SourceGone("gone"), "1_srt": SourceGone("gone")})

    made(details(transcripts=(unmarked, SRT, VTT)), web=web)

    assert web.asked == ["1.vtt", "1.srt", "unmarked.vtt"]


def test_a_translation_is_not_what_was_said() -> None:
    german = VTT.model_copy(update={"language": "de"})

    transcript = made(details(transcripts=(german,)))

    assert transcript.engine == "ears"
    assert any("they are in de" in note for note in transcript.notes)


def test_subrip_is_known_by_its_name_when_its_type_says_nothing() -> None:
    plain = SRT.model_copy(update={"media_type": "text/plain"})

    assert made(details(transcripts=(plain,))).engine == "publisher srt"


def test_with_whisper_asked_for_captions_are_not_even_fetched() -> None:
    web = Web()

    assert made(details(transcripts=(VTT,)), mode="whisper", web=web).engine == "ears"
    assert not web.asked


@pytest.mark.parametrize(
    ("cues", "why"),
    [
        ((said(0, 150), said(150, 320)), "go on until"),
        ((said(0, 150), said(150, 220)), "they end at"),
        ((said(0, 10), said(280, 290)), "cover only"),
        ((said(0, 150), said(100, 90), said(150, 290)), "backwards"),
        ((said(150, 290), said(0, 150)), "backwards"),
    ],
)
def test_captions_that_do_not_fit_the_audio_are_passed_over_and_it_is_said(cues: tuple[Segment, ...], why: str) -> None:
    aloud: list[str] = []

    transcript = made(details(transcripts=(VTT,)), captions=Captions(cues), progress=aloud)

    assert transcript.engine == "ears"
    assert any(why in note for note in transcript.notes)
    assert any(why in step for step in aloud)
    assert "heard with care" in transcript.notes


@pytest.mark.parametrize(
    "cues",
    [
        GOOD,
        (said(0, 150), said(150, 304)),
        (said(0, 150), said(150, 241)),
        (said(0, 200), said(100, 290)),
    ],
)
def test_captions_that_fit_the_audio_are_trusted(cues: tuple[Segment, ...]) -> None:
    assert misfit(cues, DURATION) is None


@pytest.mark.parametrize("failure", [SourceGone("gone"), SourceUnavailable("busy"), InvalidCaptions("garbage")])
def test_captions_that_cannot_be_had_do_not_stop_an_episode_that_can_be_heard(failure: RagtimeError) -> None:
    transcript = made(details(transcripts=(VTT,)), web=Web(**{"1_vtt": failure}))

    assert transcript.engine == "ears"
    assert any(failure.message in note for note in transcript.notes)


def test_with_publisher_asked_for_nobody_listens_and_every_refusal_is_told() -> None:
    ears = Ears()

    with pytest.raises(InvalidCaptions, match="they end at 10 s"):
        made(details(transcripts=(VTT,)), mode="publisher", captions=Captions((said(0, 10),)), ears=ears)
    with pytest.raises(InvalidCaptions, match="none are offered"):
        made(details(), mode="publisher", ears=ears)
    assert not ears.hints


def test_with_publisher_asked_for_a_busy_server_is_tried_again_later() -> None:
    with pytest.raises(SourceUnavailable):
        made(details(transcripts=(VTT,)), mode="publisher", web=Web(**{"1_vtt": SourceUnavailable("busy")}))


def test_the_language_of_what_is_heard_comes_from_the_audio() -> None:
    ears = Ears()

    assert made(details(language="en"), ears=ears).language == "fr"
    assert ears.hints[0].language is None


def test_captions_in_no_stated_language_are_undetermined() -> None:
    unmarked = VTT.model_copy(update={"language": None})

    assert made(details(transcripts=(unmarked,), language=None)).language == "und"


def test_what_was_heard_backwards_is_refused() -> None:
    backwards = Segment(start=3, end=4, text="a b", words=(Word(start=4, end=3, text="a"),))

    with pytest.raises(OutputInvalid):
        made(details(), ears=Ears(said(5, 6), said(1, 2)))
    with pytest.raises(OutputInvalid):
        made(details(), ears=Ears(backwards))


def test_no_words_are_no_speech() -> None:
    with pytest.raises(NoSpeech):
        made(details(), ears=Ears(said(0, 1, " ")))


CHAPTER = Chapter(start=1, title="Opening")


def test_the_feed_s_chapters_come_first_then_its_file_then_the_audio_s() -> None:
    file = json.dumps({"version": "1.2.0", "chapters": [{"startTime": 5.5, "title": "From the file"}]}).encode()
    web = Web(**{"c_json": file})
    in_audio = (Chapter(start=0, title="From the audio"),)

    def titles(**changes: Any) -> list[str]:
        return [chapter.title for chapter in made(details(**changes), web=web, chapters=in_audio).chapters]

    assert titles(chapters=(CHAPTER,), chapters_url="http://show.example/c.json") == ["Opening"]
    assert titles(chapters_url="http://show.example/c.json") == ["From the file"]
    assert titles() == ["From the audio"]


@pytest.mark.parametrize(
    "answer", [SourceGone("gone"), b"not json", b'{"chapters": [{"startTime": -1}]}', b'{"chapters": 5}']
)
def test_a_broken_chapter_file_costs_only_the_chapters(answer: bytes | RagtimeError) -> None:
    transcript = made(details(chapters_url="http://show.example/c.json"), web=Web(c_json=answer))

    assert transcript.chapters == ()
    assert any("c.json passed over" in note for note in transcript.notes)


def test_hidden_and_nameless_chapters_are_not_shown() -> None:
    file = {
        "chapters": [{"startTime": 9, "title": "B"}, {"startTime": 0, "title": "A", "toc": False}, {"startTime": 3}]
    }

    assert [chapter.title for chapter in read_chapters(json.dumps(file).encode())] == ["B"]


def test_names_that_may_be_said_are_people_and_runs_of_capitals() -> None:
    episode = details(
        title="How Django Reinhardt, St\u00e9phane Grappelli and Ludwig van Beethoven met at Newport",
        persons=(Person(name="Clara Wells"), Person(name="django reinhardt", role="guest")),
    )

    assert names(episode) == (
        "Clara Wells",
        "django reinhardt",
        "How Django Reinhardt",
        "St\u00e9phane Grappelli",
        "Ludwig van Beethoven",
        "Newport",
    )


def test_no_more_than_fifteen_names_are_hinted_at() -> None:
    people = tuple(Person(name=f"Player {number}") for number in range(40))

    assert len(names(details(persons=people))) == 15


def test_the_region_of_a_language_does_not_matter() -> None:
    assert [primary(tag) for tag in ("de-AT", "pt_BR", " EN ", "", None)] == ["de", "pt", "en", None, None]


def test_notes_do_not_make_another_transcript_of_it() -> None:
    transcript = made(details(transcripts=(VTT,)))

    assert transcript.digest() == transcript.model_copy(update={"notes": ("x",)}).digest()
