"""Captions when they are good, ears when they are not, and never a silent choice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.domain.audio_file import AudioFacts, AudioFile
from ragtime_assets.domain.episode_details import Chapter, EpisodeDetails, Person, PublisherTranscript, Source
from ragtime_assets.domain.fetched import Document
from ragtime_assets.domain.transcript import Paragraph, Segment, Transcript, Word
from ragtime_assets.errors import (
    InvalidCaptions,
    NoSpeech,
    OutputInvalid,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
)
from ragtime_assets.phases.captions import TranscriptTools
from ragtime_assets.phases.captions_trust import primary
from ragtime_assets.phases.chapters import read_chapters
from ragtime_assets.phases.speakers import full_name
from ragtime_assets.phases.transcript import make_transcript, names
from ragtime_assets.ports import Account, Hints, Journal, Progress
from ragtime_assets_tests.fakes import FakeLanguageDetector, FakeSpotListener, segments_of

DURATION = 300.0
VTT = PublisherTranscript(url="http://show.example/1.vtt", media_type="text/vtt", language="en")
SRT = PublisherTranscript(url="http://show.example/1.srt", media_type="application/x-subrip", language="en")


def said(start: float, end: float, text: str = "some words") -> Segment:
    return Segment(start=start, end=end, text=text)


GOOD = segments_of([f"Now we come to tune number{number} of all the tunes they played." for number in range(74)])
"""Until 296 seconds."""


def moved(by: float, since: float = 0.0) -> tuple[Segment, ...]:
    """What the audio says when something of `by` seconds was put in before `since`."""
    return tuple(segment.moved(by) if segment.start >= since else segment for segment in GOOD)


class Web:
    """Answers with what it was given, and remembers what was asked for."""

    def __init__(self, **pages: bytes | RagtimeError) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
        name = url.rsplit("/", 1)[-1]
        self.asked.append(name)
        answer = self.pages.get(name.replace(".", "_"), b"")
        if isinstance(answer, RagtimeError):
            raise answer
        return Document(url, answer, "text/plain")

    def download(self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None) -> Any:
        raise AssertionError("the transcript downloads nothing")


class Captions:
    """Reads the same cues from everything, or refuses; the words of a text it reads all the same."""

    def __init__(self, answer: tuple[Segment, ...] | RagtimeError = GOOD, *words: Paragraph) -> None:
        self.answer = answer
        self.words = words

    def read(self, captions: Document, media_type: str) -> tuple[Segment, ...]:
        if isinstance(self.answer, RagtimeError):
            raise self.answer
        return self.answer

    def paragraphs(self, captions: Document) -> tuple[Paragraph, ...]:
        return self.words


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

    def __init__(self, *segments: Segment, language: str = "en", probability: float = 0.9) -> None:
        self.segments = segments or (said(1, 2, "heard words"),)
        self.language, self.probability = language, probability
        self.hints: list[Hints] = []

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        self.hints.append(hints)
        return Transcript(
            engine=self.engine,
            language=self.language,
            language_probability=self.probability,
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
    audible: tuple[Segment, ...] = GOOD,
    reads_as: tuple[str, float] = ("en", 0.99),
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
        tools=TranscriptTools(
            fetcher=web or Web(),
            captions=captions or Captions(),
            listener=FakeSpotListener(audible),
            languages=FakeLanguageDetector(*reads_as),
            blobs=Shelf(),
        ),
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


def offered(name: str, media_type: str, **changes: Any) -> PublisherTranscript:
    return PublisherTranscript(
        **{"url": f"http://show.example/{name}", "media_type": media_type, "language": "en", **changes}
    )


def test_the_best_kind_in_the_episode_s_language_is_tried_first() -> None:
    everything = (
        offered("unmarked.vtt", "text/vtt", language=None),
        offered("plain", "text/plain"),
        offered("page", "text/html; charset=utf-8"),
        offered("segments", "application/json"),
        offered("cues", "application/srt"),
        offered("captions", "text/vtt"),
        offered("closed", "text/vtt", rel="captions"),
        offered("paper.pdf", "application/pdf"),
    )
    web = Web(**{one.url.rsplit("/", 1)[-1].replace(".", "_"): SourceGone("gone") for one in everything})

    transcript = made(details(transcripts=everything), web=web)

    assert web.asked == ["closed", "captions", "cues", "segments", "page", "plain", "unmarked.vtt"]
    assert any("paper.pdf passed over: application/pdf is not a kind" in note for note in transcript.notes)


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


def test_captions_that_agree_with_three_places_of_the_audio_say_so() -> None:
    transcript = made(details(transcripts=(VTT,)))

    assert transcript.notes == ("captions compared with the audio in 3 places: 100% or more agree",)
    assert transcript.offset is None


@pytest.mark.parametrize("by", [7.0, 45.0])
def test_captions_of_a_file_without_the_advertisement_before_it_are_moved(by: float) -> None:
    transcript = made(details(transcripts=(VTT,)), audible=moved(by))

    assert (transcript.engine, transcript.timing_source) == ("publisher vtt", "publisher_offset")
    assert transcript.offset == pytest.approx(by, abs=0.1)
    assert transcript.segments[10].words[0].start == pytest.approx(GOOD[10].words[0].start + by, abs=0.1)
    assert all(segment.start < DURATION for segment in transcript.segments)


def test_captions_of_a_file_with_an_advertisement_that_ours_has_not_are_moved_back() -> None:
    late = Captions(moved(30))

    transcript = made(details(transcripts=(VTT,)), captions=late)

    assert transcript.offset == pytest.approx(-30, abs=0.1)
    assert transcript.segments[0].start == pytest.approx(0, abs=0.1)


def test_chapters_of_the_publisher_move_with_the_captions_and_those_of_the_audio_do_not() -> None:
    opening, late = Chapter(start=10, end=20, title="Opening"), Chapter(start=290, title="Late")
    published = details(transcripts=(VTT,), chapters=(opening, late))

    transcript = made(published, audible=moved(20))

    assert [(one.title, one.start, one.end) for one in transcript.chapters] == [("Opening", 30, 40)]
    assert any("1 chapters left out" in note for note in transcript.notes)
    assert made(details(transcripts=(VTT,)), audible=moved(20), chapters=(opening,)).chapters == (opening,)


@pytest.mark.parametrize(
    ("audible", "why"),
    [
        (moved(20, since=150), "their times move against the audio"),
        (segments_of(["Nothing of this has anything in common with that."] * 74), "they are not what is heard"),
        (segments_of(["Hm."] * 74), "too few words were heard"),
    ],
)
def test_captions_that_are_not_what_is_heard_are_passed_over_and_it_is_said(
    audible: tuple[Segment, ...], why: str
) -> None:
    transcript = made(details(transcripts=(VTT,)), audible=audible)

    assert transcript.engine == "ears"
    assert any(why in note for note in transcript.notes)


def test_captions_are_taken_unchecked_when_nobody_can_listen_and_it_is_said() -> None:
    transcript = made(details(transcripts=(VTT,)), audible=())

    assert transcript.engine == "publisher vtt"
    assert transcript.notes == ("captions not compared with the audio: no ears are installed",)


def test_captions_that_need_moving_are_not_taken_unchecked() -> None:
    assert made(details(transcripts=(VTT,)), captions=Captions(moved(30)), audible=()).engine == "ears"


@pytest.mark.parametrize(
    ("cues", "why"),
    [
        ((*GOOD, said(292, 520)), "go on until"),
        (GOOD[:13], "they end at 52 s"),
        ((*GOOD[:8], *GOOD[-8:]), "cover only"),
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


def test_captions_in_another_language_than_announced_are_not_what_was_said() -> None:
    transcript = made(details(transcripts=(VTT,)), reads_as=("de", 0.95))

    assert transcript.engine == "ears"
    assert any("they read as de, and en is expected" in note for note in transcript.notes)


def test_a_doubtful_reading_does_not_contradict_what_is_announced() -> None:
    assert made(details(transcripts=(VTT,)), reads_as=("de", 0.6)).language == "en"


@pytest.mark.parametrize("failure", [SourceGone("gone"), SourceUnavailable("busy"), InvalidCaptions("garbage")])
def test_captions_that_cannot_be_had_do_not_stop_an_episode_that_can_be_heard(failure: RagtimeError) -> None:
    transcript = made(details(transcripts=(VTT,)), web=Web(**{"1_vtt": failure}))

    assert transcript.engine == "ears"
    assert any(failure.message in note for note in transcript.notes)


def test_with_publisher_asked_for_nobody_listens_and_every_refusal_is_told() -> None:
    ears = Ears()

    with pytest.raises(InvalidCaptions, match="they cover only 10 s"):
        made(details(transcripts=(VTT,)), mode="publisher", captions=Captions((said(150, 160),)), ears=ears)
    with pytest.raises(InvalidCaptions, match="none are offered"):
        made(details(), mode="publisher", ears=ears)
    assert not ears.hints


def test_with_publisher_asked_for_a_busy_server_is_tried_again_later() -> None:
    with pytest.raises(SourceUnavailable):
        made(details(transcripts=(VTT,)), mode="publisher", web=Web(**{"1_vtt": SourceUnavailable("busy")}))


TEXT = PublisherTranscript(url="http://show.example/1.txt", media_type="text/plain", language="en")
UNTIMED = InvalidCaptions("text without times cannot be cited to the second")
MISHEARD = Ears(
    *segments_of(["then came yango and stefan grappelly on stage", "and played for the dancers till midnight"])
)
WORDS = Captions(
    UNTIMED,
    Paragraph(text="Then came Django and Stéphane Grappelli on stage.", speaker="CLARA"),
    Paragraph(text="And played for the dancers till midnight.", speaker="Bo"),
)


def test_a_text_without_times_gives_its_words_to_what_is_heard() -> None:
    episode = details(transcripts=(TEXT,), persons=(Person(name="Clara Wells"),))

    transcript = made(episode, captions=WORDS, ears=MISHEARD)

    assert [(one.speaker, one.start, one.end, one.text) for one in transcript.segments] == [
        ("Clara Wells", 0.0, 4.0, "Then came Django and Stéphane Grappelli on stage."),
        ("Bo", 4.0, 8.0, "And played for the dancers till midnight."),
    ]
    assert (transcript.engine, transcript.timing_source) == ("ears + publisher text", "audio")
    assert transcript.source_url == TEXT.url
    assert f"words of the publisher's text at {TEXT.url}: 73% found" in transcript.notes
    assert "heard with care" in transcript.notes


def test_a_text_of_another_episode_gives_nothing() -> None:
    transcript = made(details(transcripts=(TEXT,)), captions=WORDS)

    assert (transcript.engine, transcript.source_url) == ("ears", None)
    assert [segment.text for segment in transcript.segments] == ["heard words"]
    assert any("not used: only 0% of them were heard" in note for note in transcript.notes)


def test_captions_that_advertisements_moved_still_give_their_words() -> None:
    ears = Ears(*moved(20, since=150))

    transcript = made(details(transcripts=(VTT,)), audible=moved(20, since=150), ears=ears)

    assert (transcript.engine, transcript.source_url) == ("ears + publisher text", VTT.url)
    assert transcript.segments[-1].end == ears.segments[-1].end
    assert any("their times move against the audio" in note for note in transcript.notes)


def test_good_captions_come_before_words_that_must_be_listened_for() -> None:
    web = Web(**{"1_txt": b""})

    transcript = made(details(transcripts=(TEXT, VTT)), web=web)

    assert (transcript.engine, web.asked) == ("publisher vtt", ["1.vtt"])


@pytest.mark.parametrize("mode", ["whisper", "openai"])
def test_with_an_engine_asked_for_the_words_are_its_own(mode: str) -> None:
    web = Web()

    assert made(details(transcripts=(TEXT,)), mode=mode, web=web, captions=WORDS, ears=MISHEARD).engine == "ears"
    assert not web.asked


def test_with_publisher_asked_for_a_text_without_times_is_not_enough_and_it_is_said_what_would_be() -> None:
    with pytest.raises(InvalidCaptions, match="without times cannot be cited") as refused:
        made(details(transcripts=(TEXT,)), mode="publisher", captions=WORDS)
    assert "RAGTIME_TRANSCRIBER=auto" in refused.value.remedy


def test_the_language_of_what_is_heard_comes_from_the_audio() -> None:
    ears = Ears(language="fr")

    transcript = made(details(language="en"), ears=ears)

    assert transcript.language == "fr"
    assert ears.hints[0].language is None
    assert any("heard fr, the feed says en" in note for note in transcript.notes)


def test_a_language_that_nobody_expects_and_nothing_confirms_stops_the_episode() -> None:
    def heard(probability: float, reads_as: str, language: str | None = None) -> Transcript:
        ears = Ears(language="cy", probability=probability)
        return made(details(language=language), ears=ears, reads_as=(reads_as, 0.9))

    with pytest.raises(OutputInvalid, match=r"for cy with a probability of 0\.40, the text reads as en"):
        heard(0.4, "en")
    assert heard(0.6, "en").language == "cy"
    assert heard(0.4, "cy").language == "cy"
    assert heard(0.4, "en", language="en").language == "cy"


def test_captions_in_no_stated_language_are_in_the_one_they_read_as() -> None:
    unmarked = details(transcripts=(VTT.model_copy(update={"language": None}),), language=None)

    transcript = made(unmarked, reads_as=("sv", 0.9))

    assert (transcript.engine, transcript.language, transcript.language_probability) == ("publisher vtt", "sv", 0.9)
    assert made(unmarked, reads_as=("sv", 0.3)).engine == "ears"


def test_speakers_are_named_as_they_are_credited() -> None:
    labels = ("CLARA", "Martin Reed", "Reed", "Speaker 1", "Dr. Ada Holm")
    cues = tuple(
        segment.model_copy(update={"speaker": labels[place % len(labels)]}) for place, segment in enumerate(GOOD)
    )
    people = tuple(Person(name=name) for name in ("Clara Wells", "Martin Reed", "Ada Holm"))

    transcript = made(details(transcripts=(VTT,), persons=people), captions=Captions(cues))

    assert [segment.speaker for segment in transcript.segments[:5]] == [
        "Clara Wells",
        "Martin Reed",
        "Martin Reed",
        "Speaker 1",
        "Ada Holm",
    ]


def test_a_first_name_that_two_people_have_is_nobody_s() -> None:
    assert full_name("Clara", ("Clara Wells", "Clara Schumann")) == "Clara"


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
