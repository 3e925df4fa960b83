"""Publishers' captions as they are found in the wild."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.captions import PublisherCaptionReader
from ragtime_assets.domain.transcript import Segment
from ragtime_assets.errors import InvalidCaptions
from ragtime_assets.ports import Document
from ragtime_assets.samples.server import sample

VTT = "text/vtt"
SRT = "application/x-subrip"

A_VTT = """WEBVTT

00:00.000 --> 00:02.000
<v Clara Wells>Hello &amp; <i>welcome</i>.

00:02.500 --> 00:04.000
<v.loud Martin Reed>Thank you.</v>
"""
AN_SRT = """1
00:00:00,000 --> 00:00:02,000
Clara: Hello and
welcome.

2
00:00:02,500 --> 00:00:04,000
Let us begin.

3
00:00:04,000 --> 00:00:06,000
Martin Reed: Remember: no drums.
"""


def read(text: str | bytes, media_type: str = VTT, charset: str | None = None) -> tuple[Segment, ...]:
    body = text if isinstance(text, bytes) else text.encode()
    return PublisherCaptionReader().read(Document("http://show.example/c", body, media_type, charset), media_type)


def told(segments: tuple[Segment, ...]) -> list[tuple[float, float, str | None, str]]:
    return [(segment.start, segment.end, segment.speaker, segment.text) for segment in segments]


def test_webvtt_keeps_speakers_and_loses_markup() -> None:
    assert told(read(A_VTT)) == [
        (0.0, 2.0, "Clara Wells", "Hello & welcome."),
        (2.5, 4.0, "Martin Reed", "Thank you."),
    ]


def test_subrip_speakers_hold_until_the_next_name() -> None:
    assert told(read(AN_SRT, SRT)) == [
        (0.0, 2.0, "Clara", "Hello and welcome."),
        (2.5, 4.0, "Clara", "Let us begin."),
        (4.0, 6.0, "Martin Reed", "Remember: no drums."),
    ]


def test_a_word_before_a_colon_is_not_always_a_speaker() -> None:
    text = "1\n00:00:00,000 --> 00:00:01,000\nWelcome.\n\n2\n00:00:01,000 --> 00:00:02,000\nRemember: no drums.\n"

    assert told(read(text, SRT)) == [(0.0, 1.0, None, "Welcome."), (1.0, 2.0, None, "Remember: no drums.")]


@pytest.mark.parametrize("media_type", ["text/srt", "application/srt", "text/vtt", "text/plain", ""])
def test_the_content_decides_when_the_media_type_lies(media_type: str) -> None:
    assert told(read(AN_SRT, media_type)) == told(read(AN_SRT, SRT))
    assert told(read(A_VTT, media_type)) == told(read(A_VTT, VTT))


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-8", None),
        ("utf-8", "iso-8859-1"),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-16-le", None),
        ("utf-16-be", None),
        ("cp1252", None),
        ("cp1252", "no-such-charset"),
        ("iso-8859-2", "iso-8859-2"),
    ],
)
def test_every_common_encoding_is_read(encoding: str, charset: str | None) -> None:
    name = "Dvo\u0159\u00e1k" if encoding == "iso-8859-2" else "St\u00e9phane"
    text = f"WEBVTT\n\n00:00.000 --> 00:02.000\n{name} plays.\n"

    assert read(text.encode(encoding), VTT, charset)[0].text == f"{name} plays."


def test_line_ends_of_other_systems_are_read() -> None:
    assert told(read(A_VTT.replace("\n", "\r\n"))) == told(read(A_VTT))
    assert told(read(AN_SRT.replace("\n", "\r\n"), SRT)) == told(read(AN_SRT, SRT))


def test_words_share_the_time_of_their_cue_and_say_so() -> None:
    words = read("WEBVTT\n\n00:10.000 --> 00:12.000\nabc d abcd\n")[0].words

    assert [(word.text, word.start, word.end) for word in words] == [
        ("abc", 10.0, 10.75),
        ("d", 10.75, 11.0),
        ("abcd", 11.0, 12.0),
    ]
    assert all(word.interpolated and word.probability is None for word in words)


def test_two_voices_in_one_cue_are_two_segments() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ann>Yes yes</v>\n<v Bob>No no no</v>\n"

    assert [(s.speaker, s.text) for s in read(text)] == [("Ann", "Yes yes"), ("Bob", "No no no")]


def test_disordered_cues_are_sorted_and_overlaps_kept() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:09.000\nlast\n\n00:00.000 --> 00:06.000\nfirst\n"

    assert told(read(text)) == [(0.0, 6.0, None, "first"), (5.0, 9.0, None, "last")]


def test_cues_without_words_are_no_speech() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:06.000\n\u266a\u266a\n\n00:06.000 --> 00:09.000\nWelcome\n"

    assert told(read(text)) == [(6.0, 9.0, None, "Welcome")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "neither"),
        ("Once upon a time.", "neither"),
        ("<!DOCTYPE html><p>404</p>", "HTML"),
        ('{"segments": []}', "JSON"),
        ("WEBVTT\n", "no words"),
        ("WEBVTT\n\n00:09.000 --> 00:02.000\nbackwards\n", "before it starts"),
        ("WEBVTT\n\n00:xx --> 00:02.000\nbroken\n\n00:03.000 --> 00:04.000\ngood\n", "only 1 of 2"),
        ("WEBVTT\n\n00:00.000 --> 00:02.000\n\u266a\n", "no words"),
    ],
)
def test_garbage_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InvalidCaptions, match=words):
        read(text)


def test_binary_garbage_is_refused() -> None:
    with pytest.raises(InvalidCaptions):
        read(bytes(range(256)) * 20)


def test_the_sample_captions_are_read_whole() -> None:
    segments = read(sample("hot-club-of-paris.vtt"))

    assert {segment.speaker for segment in segments} == {"Clara Wells", "Martin Reed"}
    assert len(segments) == sample("hot-club-of-paris.vtt").count(b"-->")
