"""Captions when they are good, ears when they are not, and never a silent choice."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest

from ragtime_assets.domain.artifacts.episode_details import FILE_ENGINE, Chapter, Person, PublisherTranscript
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.errors import (
    InvalidCaptions,
    NoSpeech,
    OutputInvalid,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
)
from ragtime_assets.phases.listening.chapters import read_chapters
from ragtime_assets.phases.listening.name_repair import as_heard
from ragtime_assets.phases.listening.speakers import full_name
from ragtime_assets_tests.fakes import FakeFetcher, segments_of
from ragtime_assets_tests.listening import DURATION, GOOD, VTT, Captions, Ears, details, made, moved, said

SRT = PublisherTranscript(url="http://show.example/1.srt", media_type="application/x-subrip", language="en")


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
    web = FakeFetcher()

    transcript = made(details(transcripts=everything), web=web)

    asked = [url.removeprefix("http://show.example/") for url in web.asked]
    assert asked == ["closed", "captions", "cues", "segments", "page", "plain", "unmarked.vtt"]
    assert any("paper.pdf passed over: application/pdf is not a kind" in note for note in transcript.notes)


def test_of_two_thousand_captions_a_handful_is_asked_for_and_the_rest_is_counted() -> None:
    many = [offered(f"c{number}", "text/vtt") for number in range(1_000)]
    foreign = [offered(f"f{number}", "text/vtt", language="de") for number in range(1_000)]
    web = FakeFetcher()

    with pytest.raises(InvalidCaptions, match="992 more captions were not looked at") as caught:
        made(details(transcripts=(*many, *foreign)), web=web, mode="publisher")

    assert len(web.asked) == 8
    assert "992 more captions passed over" in caught.value.message
    assert caught.value.message.count(";") < 20


def test_a_translation_is_not_what_was_said() -> None:
    german = VTT.model_copy(update={"language": "de"})

    transcript = made(details(transcripts=(german,)))

    assert transcript.engine == "ears"
    assert any("they are in de" in note for note in transcript.notes)


def test_subrip_is_known_by_its_name_when_its_type_says_nothing() -> None:
    plain = SRT.model_copy(update={"media_type": "text/plain"})

    assert made(details(transcripts=(plain,))).engine == "publisher srt"


def test_with_whisper_asked_for_captions_are_not_even_fetched() -> None:
    web = FakeFetcher()

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
        (GOOD[:13], "they say nothing at 1:28, where \u201ccome to tune number22"),
        ((*GOOD[:8], *GOOD[-8:]), "they say nothing at 1:05, where"),
        (GOOD[::4], "they cover only"),
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


def test_a_show_with_a_long_tune_keeps_its_captions() -> None:
    tune = (*GOOD[:20], *GOOD[60:])

    transcript = made(details(transcripts=(VTT,)), captions=Captions(tune), audible=tune)

    assert (transcript.engine, transcript.segments) == ("publisher vtt", tune)


def test_captions_with_a_hole_are_passed_over_and_what_is_said_there_is_told() -> None:
    transcript = made(details(transcripts=(VTT,)), captions=Captions((*GOOD[:20], *GOOD[60:])))

    assert transcript.engine == "ears"
    assert any("where \u201cof all the tunes they played. Now we \u2026" in note for note in transcript.notes)


def test_long_silence_in_captions_is_believed_only_by_who_listened() -> None:
    transcript = made(details(transcripts=(VTT,)), captions=Captions((*GOOD[:20], *GOOD[60:])), audible=())

    assert transcript.engine == "ears"
    assert any("between 1:20 and 4:00, and nobody can listen" in note for note in transcript.notes)


@pytest.mark.parametrize(("announced", "read"), [("nb", "da"), ("nn", "sv"), ("sr", "hr"), ("ms", "id"), ("sk", "cs")])
def test_captions_in_a_language_that_a_detector_takes_for_its_neighbour_are_kept(announced: str, read: str) -> None:
    marked = VTT.model_copy(update={"language": announced})

    transcript = made(details(transcripts=(marked,), language=announced), reads_as=(read, 0.97))

    assert transcript.engine == "publisher vtt"


def test_captions_in_another_language_than_announced_are_not_what_was_said() -> None:
    transcript = made(details(transcripts=(VTT,)), reads_as=("de", 0.95))

    assert transcript.engine == "ears"
    assert any("they read as de, and en is expected" in note for note in transcript.notes)


def test_a_doubtful_reading_does_not_contradict_what_is_announced() -> None:
    assert made(details(transcripts=(VTT,)), reads_as=("de", 0.6)).language == "en"


@pytest.mark.parametrize("failure", [SourceGone("gone"), SourceUnavailable("busy"), InvalidCaptions("garbage")])
def test_captions_that_cannot_be_had_do_not_stop_an_episode_that_can_be_heard(failure: RagtimeError) -> None:
    transcript = made(details(transcripts=(VTT,)), web=FakeFetcher({VTT.url: failure}))

    assert transcript.engine == "ears"
    assert any(failure.message in note for note in transcript.notes)


def test_with_publisher_asked_for_nobody_listens_and_every_refusal_is_told() -> None:
    ears = Ears()

    with pytest.raises(InvalidCaptions, match="they say nothing at"):
        made(details(transcripts=(VTT,)), mode="publisher", captions=Captions(GOOD[30:40]), ears=ears)
    with pytest.raises(InvalidCaptions, match="none are offered"):
        made(details(), mode="publisher", ears=ears)
    assert not ears.hints


def test_with_publisher_asked_for_a_busy_server_is_tried_again_later() -> None:
    with pytest.raises(SourceUnavailable):
        made(details(transcripts=(VTT,)), mode="publisher", web=FakeFetcher({VTT.url: SourceUnavailable("busy")}))


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
    web = FakeFetcher({"http://show.example/c.json": file})
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
    transcript = made(
        details(chapters_url="http://show.example/c.json"), web=FakeFetcher({"http://show.example/c.json": answer})
    )

    assert transcript.chapters == ()
    assert any("c.json passed over" in note for note in transcript.notes)


def test_hidden_and_nameless_chapters_are_not_shown() -> None:
    file = {
        "chapters": [{"startTime": 9, "title": "B"}, {"startTime": 0, "title": "A", "toc": False}, {"startTime": 3}]
    }

    assert [chapter.title for chapter in read_chapters(json.dumps(file).encode())] == ["B"]


def test_what_a_chapter_file_says_is_made_safe_as_what_a_feed_says_is() -> None:
    entries = [
        {"startTime": 1, "title": "A\0\n\u202e b", "url": "javascript:alert(1)", "img": "b.png"},
        {"startTime": 2, "title": "\0 ", "url": "https://show.example/c"},
        *({"startTime": 3 + place, "title": "x" * 9_000} for place in range(2_000)),
    ]
    file = codecs.BOM_UTF8 + json.dumps({"chapters": entries}).encode()
    found = read_chapters(file, "https://show.example/chapters/1.json")
    assert (found[0].title, found[0].url) == ("A b", None)
    assert found[0].image == "https://show.example/chapters/b.png"
    assert (len(found), len(found[1].title)) == (1_000, 500)


def test_a_misheard_name_is_written_as_the_feed_writes_it_and_what_was_heard_is_kept() -> None:
    ears = Ears(*segments_of(["So here we have Klara Wells again."]))

    transcript = made(details(persons=(Person(name="Clara Wells"),)), ears=ears)

    assert transcript.text == "So here we have Clara Wells again."
    assert [word.text for word in transcript.repairs[0].heard] == ["Klara", "Wells"]
    assert as_heard(transcript).segments == ears.segments
    assert any("1 name spelled as feed and show notes do" in note for note in transcript.notes)


def test_whoever_listens_is_told_the_names_that_are_repaired() -> None:
    ears = Ears()

    made(details(persons=(Person(name="Clara Wells"),), description="Leave Us Five Stars On Apple Podcasts"), ears=ears)

    assert ears.hints[0].names == ("Clara Wells", "Bill Evans")


def test_notes_are_read_in_the_language_they_are_in_whatever_the_feed_announces() -> None:
    ears = Ears(language="de")

    made(
        details(title="Alle Neuen Folgen", description="Viel Spa\u00df Beim Zuh\u00f6ren, Eure Redaktion"),
        ears=ears,
        reads_as=("de", 0.97),
    )

    assert ears.hints[0].names == ()


def test_the_name_of_a_file_is_told_to_nobody_who_listens() -> None:
    ears = Ears()

    made(details(engine=FILE_ENGINE, title="Audio file Ella Fitzgerald.mp3", description=""), ears=ears)

    assert ears.hints[0].names == ()
