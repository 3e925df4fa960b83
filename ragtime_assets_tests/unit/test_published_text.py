"""A publisher's text without times gives its words to what is heard, if it is this episode's, and it is said."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.episode_details import Person, PublisherTranscript
from ragtime_assets.domain.artifacts.transcript import Paragraph, Transcript
from ragtime_assets.errors import InvalidCaptions
from ragtime_assets.phases.listening.published_text import PublishedText, as_published
from ragtime_assets_tests.fakes import FakeFetcher, segments_of
from ragtime_assets_tests.listening import VTT, Captions, Ears, details, made, moved
from ragtime_assets_tests.transcripts import transcript_of

TEXT = PublisherTranscript(url="http://show.example/1.txt", media_type="text/plain", language="en")
UNTIMED = InvalidCaptions("it has no times to be cited by")
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
    assert transcript.notes == (
        "heard with care",
        f"{TEXT.url} passed over as captions: it has no times to be cited by",
        f"words of the publisher's text at {TEXT.url}: 73% found, 100% of what was heard covered",
    )


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
    web = FakeFetcher({TEXT.url: b"", VTT.url: b""})

    transcript = made(details(transcripts=(TEXT, VTT)), web=web)

    assert (transcript.engine, web.asked) == ("publisher vtt", [VTT.url])


@pytest.mark.parametrize("mode", ["whisper", "openai"])
def test_with_an_engine_asked_for_the_words_are_its_own(mode: str) -> None:
    web = FakeFetcher()

    assert made(details(transcripts=(TEXT,)), mode=mode, web=web, captions=WORDS, ears=MISHEARD).engine == "ears"
    assert not web.asked


def test_with_publisher_asked_for_a_text_without_times_is_not_enough_and_it_is_said_what_would_be() -> None:
    with pytest.raises(InvalidCaptions, match="no times to be cited by") as refused:
        made(details(transcripts=(TEXT,)), mode="publisher", captions=WORDS)
    assert "RAGTIME_TRANSCRIBER=auto" in refused.value.remedy


def transcript(*sentences: str) -> Transcript:
    return transcript_of(*segments_of(sentences), duration=60)


DJANGO = "yengo was born in belgium and grew up in a caravan at the edge of paris"
THE_TEXT = PublishedText(
    TEXT.url, (Paragraph(text="Django was born in Belgium, and grew up in a caravan at the edge of Paris."),)
)


@pytest.mark.parametrize(
    "other",
    [
        "Miles Davis was in the studio in New York, and the band that he had in the spring was a small one.",
        "Django wurde in Belgien geboren und wuchs in einem Wohnwagen am Rand von Paris auf.",
        "404",
    ],
    ids=["another episode", "a translation", "a page that is not there"],
)
def test_a_text_that_is_not_what_was_said_changes_nothing_and_it_is_noted(other: str) -> None:
    said, notes = transcript(DJANGO), list[str]()

    result = as_published(said, [PublishedText(TEXT.url, (Paragraph(text=other),))], notes.append)

    assert result is said
    assert len(notes) == 1
    assert notes[0].startswith(f"words of the publisher's text at {TEXT.url} not used: only ")


def test_the_text_that_is_of_this_episode_is_taken_and_named() -> None:
    strange = PublishedText("http://show.example/other", (Paragraph(text="Nothing of this was ever said by anybody."),))
    notes = list[str]()

    result = as_published(transcript(DJANGO), [strange, THE_TEXT, strange], notes.append)

    assert result.text == THE_TEXT.paragraphs[0].text
    assert (result.engine, result.source_url, result.timing_source) == ("test + publisher text", TEXT.url, "audio")
    assert len(notes) == 3
    assert notes[2] == f"words of the publisher's text at {TEXT.url}: 94% found, 100% of what was heard covered"


def test_the_whole_text_is_taken_before_a_part_of_it_and_both_are_noted() -> None:
    part = PublishedText("http://show.example/part", (Paragraph(text="Django was born in Belgium, and grew up."),))
    again = PublishedText("http://show.example/again", THE_TEXT.paragraphs)
    notes = list[str]()

    result = as_published(transcript(DJANGO), [part, THE_TEXT, again], notes.append)

    assert result.source_url == TEXT.url
    assert [note.partition(" not used: ")[2] for note in notes[:2]] == [
        f"the text at {TEXT.url} has more of what was heard"
    ] * 2


def test_a_text_that_covers_next_to_nothing_of_what_was_said_changes_nothing_and_it_is_noted() -> None:
    said, notes = transcript(DJANGO, *(f"and then the band played tune number {at} once more" for at in range(9))), []

    assert as_published(said, [THE_TEXT], notes.append) is said
    assert notes == [f"words of the publisher's text at {TEXT.url} not used: they cover only 15% of what was heard"]


def test_with_no_text_nothing_changes() -> None:
    said = transcript(DJANGO)

    assert as_published(said, [], lambda what: None) is said
