"""Publishers' captions as they are found in the wild."""

from __future__ import annotations

import json
import time

import pytest

from ragtime_assets.adapters.captions.reader import PublisherCaptionReader
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.errors import InvalidCaptions
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


@pytest.mark.parametrize(
    "captions",
    [
        "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Clara\0 Wells>Hello \0\x07there.\n",
        json.dumps(
            {"segments": [{"startTime": 0, "endTime": 2, "speaker": "Clara\0 Wells", "body": "Hello \0\x07there."}]}
        ),
    ],
    ids=["vtt", "json"],
)
def test_control_characters_which_no_database_takes_are_left_out(captions: str) -> None:
    assert told(read(captions)) == [(0.0, 2.0, "Clara Wells", "Hello there.")]


FIRST, SECOND = "00:01,000 --> 00:03,000", "00:03,000 --> 00:05,000"
SAYS = "Hello there\n\nfriends of jazz."
HOLES = {
    "an empty line in a cue": f"1\n{FIRST}\n{SAYS}\n\n2\n{SECOND}\nBye.\n",
    "an empty line below the times": f"1\n{FIRST}\n\n{SAYS}\n\n2\n{SECOND}\n\nBye.\n",
    "every line apart": f"1\n\n{FIRST}\n\n{SAYS}\n\n2\n\n{SECOND}\n\nBye.\n",
    "no empty line at all": f"1\n{FIRST}\nHello there\nfriends of jazz.\n2\n{SECOND}\nBye.\n",
    "a space in the times": f"1\n{FIRST}\n{SAYS}\n\n2\n{SECOND}\nBye.\n".replace(",", ", "),
    "old line ends": f"1\n{FIRST}\n{SAYS}\n\n2\n{SECOND}\nBye.\n".replace("\n", "\r"),
    "webvtt": f"WEBVTT\n\nintro\n{FIRST}\n{SAYS}\n\nNOTE not\nsaid\n\nthe end\n{SECOND}\nBye.\n\nNOTE over\n",
}


@pytest.mark.parametrize("captions", HOLES.values(), ids=HOLES)
def test_what_is_said_below_an_empty_line_is_not_lost_and_no_number_of_a_cue_is_said(captions: str) -> None:
    assert told(read(captions)) == [(1.0, 3.0, None, "Hello there friends of jazz."), (3.0, 5.0, None, "Bye.")]


def test_a_number_that_is_said_last_is_no_number_of_a_cue() -> None:
    numbered = "1\n00:01,000 --> 00:03,000\nThat was in\n1959\n\n2\n00:03,000 --> 00:05,000\n1960\n"
    assert [one.text for one in read(numbered)] == ["That was in 1959", "1960"]
    bare = "00:01,000 --> 00:03,000\nThat was in\n1959\n\n00:03,000 --> 00:05,000\nBye.\n"
    assert [one.text for one in read(bare)] == ["That was in 1959", "Bye."]


def test_times_past_the_hour_may_be_told_in_minutes_and_an_arrow_may_be_said() -> None:
    captions = "WEBVTT\n\n75:01.000 --> 75:03.000\nFrom a --> b.\n\n120:00.500 --> 120:01.000\nBye.\n"
    assert told(read(captions)) == [(4501.0, 4503.0, None, "From a \u2192 b."), (7200.5, 7201.0, None, "Bye.")]


@pytest.mark.parametrize("label", ["[SPEAKER_{}]:", "SPEAKER_{}:", "(Speaker {}):", "Host{}:"])
def test_speakers_with_numbers_are_told_apart_though_one_speaks_once(label: str) -> None:
    said = ["Good morning.", "Hello to you.", "Let us begin."]
    lines = [f"{label.format(f'0{who}')} {text}" for who, text in zip((0, 1, 0), said, strict=True)]
    found = read(
        "WEBVTT\n\n" + "\n\n".join(f"00:0{at}.000 --> 00:0{at + 1}.000\n{one}" for at, one in enumerate(lines))
    )
    assert [one.text for one in found] == said
    assert [(one.speaker or "")[-2:] for one in found] == ["00", "01", "00"]


def test_marks_that_nobody_sees_do_not_break_words() -> None:
    captions = "WEBVTT\n\n00:01.000 --> 00:03.000\n\u200fDonau\u00addampf\u200f Mu\u0308ller\n"
    assert [one.text for one in read(captions)] == ["Donaudampf M\u00fcller"]


@pytest.mark.parametrize(
    "captions",
    [
        {"segments": [{"startTime": 0, "endTime": 2, "speaker": 1, "body": "Hello."}, {"startTime": 1, "body": None}]},
        {"segments": [{"startTime": "00:00:00.000", "endTime": "0:02", "speaker": "1", "body": "Hello."}]},
        {
            "transcripts": [
                {"start": "00:00:00,000", "start_ms": 0, "end": "2", "speaker": "7", "voice": "1", "text": "Hello."}
            ]
        },
    ],
    ids=["numbers for names, nothing said", "clocks", "podlove"],
)
def test_json_is_read_in_the_dialects_of_publishers(captions: object) -> None:
    assert told(read(json.dumps(captions), "application/json")) == [(0.0, 2.0, "1", "Hello.")]


def test_subrip_speakers_hold_until_the_next_name() -> None:
    assert told(read(AN_SRT, SRT)) == [
        (0.0, 2.0, "Clara", "Hello and welcome."),
        (2.5, 4.0, "Clara", "Let us begin."),
        (4.0, 6.0, "Martin Reed", "Remember: no drums."),
    ]


@pytest.mark.parametrize(
    ("first", "second", "colon"),
    [("Иван", "Ольга Петрова", ": "), ("Γιώργος", "Ελένη Παππά", ": "), ("משה", "דנה", ": "), ("علي", "سارة", ": ")]
    + [("田中", "鈴木", "\uff1a"), ("Łukasz", "Żaneta Nowak", ": ")],
)
def test_speakers_are_named_in_every_script(first: str, second: str, colon: str) -> None:
    lines = [(first, "123."), (second, "456."), (first, "789."), (second, "12.")]
    cues = [(at * 2, at * 2 + 2, f"{who}{colon}{words}") for at, (who, words) in enumerate(lines)]

    assert [(one.speaker, one.text) for one in read(vtt(*cues))] == lines


def test_where_no_capital_marks_a_name_a_phrase_before_a_colon_is_no_speaker() -> None:
    lines = ["הוא אמר: לא.", *(f"בוא נשמע {n}." for n in range(9)), "הוא אמר: כן."]
    cues = [(at * 2, at * 2 + 2, words) for at, words in enumerate(lines)]

    assert [(one.speaker, one.text) for one in read(vtt(*cues))] == [(None, words) for words in lines]


@pytest.mark.parametrize(
    "times",
    [
        "00:00:01,000 --> 00:00:04,500",
        "00:01,0 --> 00:04,5",
        "0:00:01.000-->0:00:04.500",
        "0:01 --> 0:04.5 align:start",
    ],
)
def test_times_with_commas_or_shorter_than_the_standard_s_are_read(times: str) -> None:
    assert told(read(f"WEBVTT\n\n{times}\nHello there.\n")) == [(1.0, 4.5, None, "Hello there.")]
    assert told(read(f"1\n{times}\nHello there.\n", SRT)) == [(1.0, 4.5, None, "Hello there.")]


def test_a_word_before_a_colon_is_not_always_a_speaker() -> None:
    text = "1\n00:00:00,000 --> 00:00:01,000\nWelcome.\n\n2\n00:00:01,000 --> 00:00:02,000\nRemember: no drums.\n"

    assert told(read(text, SRT)) == [(0.0, 1.0, None, "Welcome."), (1.0, 2.0, None, "Remember: no drums.")]


@pytest.mark.parametrize(
    "lines",
    [
        ["Ingredients: flour, water.", "Then we wait.", "Important: do not stir.", "Hint: a wet cloth."],
        ["Genesis 1: the light.", "And so on.", "Exodus 3: the bush.", "Psalm 23: the valley."],
        ["We left.", "Platform 4: nobody there.", "We walked."],
    ],
)
def test_labels_of_which_none_comes_again_name_sections_and_nobody(lines: list[str]) -> None:
    cues = [(at * 2, at * 2 + 2, words) for at, words in enumerate(lines)]
    assert [(one.speaker, one.text) for one in read(vtt(*cues))] == [(None, words) for words in lines]


def test_small_words_stand_in_names_and_a_numbered_speaker_may_speak_once() -> None:
    lines = [
        ("Vincent van Loo", "Yes."),
        ("Speaker 1", "No."),
        ("Caller from Leeds", "Bees."),
        ("Speaker 1", "Oh."),
        ("Caller from Leeds", "Gone."),
        ("Speaker 2", "Mine too."),
        ("Caller from Hull", "Mine stayed."),
    ]
    cues = [(at * 2, at * 2 + 2, f"{who}: {words}") for at, (who, words) in enumerate(lines)]
    assert [(one.speaker, one.text) for one in read(vtt(*cues))] == lines


def test_in_captions_a_french_colon_makes_no_speaker_of_the_word_before_it() -> None:
    cues = [(0, 2, "Bonsoir."), (2, 4, "Conclusion : on joue."), (4, 6, "Conclusion : on danse.")]

    assert [(one.speaker, one.text) for one in read(vtt(*cues))] == [(None, text) for _, _, text in cues]


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
        ("Clara: Once upon a time.", "no times to be cited by"),
        ("<!DOCTYPE html><p>404</p>", "HTML"),
        ("<html><body><cite>Ann:</cite><time>soon</time><p>Hello there.</p></body></html>", "HTML"),
        ('{"segments": []}', "no words"),
        ('{"chapters": []}', "JSON"),
        ('[{"startTime": -1, "body": "a"}]', "JSON"),
        ('{"segments": [{"startTime": 2, "endTime": 1, "body": "a"}]}', "before it starts"),
        ("{broken", "JSON"),
        ('[ {"startTime": "soon"} ]', "JSON"),
        ("[]", "no words"),
        ("[MUSIC]\nClara: Good evening.", "no times to be cited by"),
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


def vtt(*cues: tuple[float, float, str]) -> str:
    def clock(second: float) -> str:
        return f"{second // 60:02.0f}:{second % 60:06.3f}"

    times = (f"{clock(start)} --> {clock(end)}\n{text}" for start, end, text in cues)
    return "WEBVTT\n\n" + "\n\n".join(times) + "\n"


def test_a_cue_that_comes_a_little_late_is_put_in_order_and_a_jumble_is_refused() -> None:
    cues = [(float(at), at + 1.0, f"word{at}") for at in range(20)]
    late = [*cues[:5], *cues[6:12], cues[5], *cues[12:]]
    twice_over = [(at * 2.0, at * 2.0 + 2, "word") for at in range(30)] * 2

    assert [segment.text for segment in read(vtt(*late))] == [text for _, _, text in cues]
    with pytest.raises(InvalidCaptions, match="backwards: 14 of 60 cues"):
        read(vtt(*twice_over))


def test_captions_without_spaces_that_roll_over_the_screen_are_read_once() -> None:
    lines = [
        "\u4eca\u65e5\u306f\u96e8",
        "\u6771\u4eac\u3078\u884c\u304f",
        "\u97f3\u697d\u306e\u8a71",
        "\u5922\u3092\u898b\u305f",
        "\u5c71\u306b\u767b\u308b",
        "\u6d77\u3067\u6cf3\u3050",
    ]
    rolling = [(at * 2.0, at * 2.0 + 2.0, (lines[at - 1] if at else "") + line) for at, line in enumerate(lines)]
    assert told(read(vtt(*rolling))) == [(at * 2.0, at * 2.0 + 2.0, None, line) for at, line in enumerate(lines)]


def test_captions_that_roll_over_the_screen_are_read_once() -> None:
    lines = ["we begin with the", "quintet of the hot club", "and how they came to", "play without a drum", "or a horn"]
    rolling: list[tuple[float, float, str]] = []
    for at, line in enumerate(lines):
        above = f"{lines[at - 1]}\n" if at else ""
        rolling += [(at * 2.0, at * 2.0 + 1.99, above + line), (at * 2.0 + 1.99, at * 2.0 + 2.0, line)]

    assert told(read(vtt(*rolling))) == [(at * 2.0, at * 2.0 + 1.99, None, line) for at, line in enumerate(lines)]


def test_what_is_really_said_twice_stays() -> None:
    refrain = [(at * 2.0, at * 2.0 + 2, text) for at, text in enumerate(["No no", "no no", "I said", "never", "never"])]

    assert [segment.text for segment in read(vtt(*refrain))] == ["No no", "no no", "I said", "never", "never"]


def test_cues_that_stay_while_the_next_is_spoken_end_where_it_begins() -> None:
    piled = [(at * 2.0, at * 2.0 + 4, f"line{at} of these") for at in range(6)]

    segments = read(vtt(*piled))

    assert [segment.end for segment in segments] == [2.0, 4.0, 6.0, 8.0, 10.0, 14.0]
    assert all(word.end <= segment.end for segment in segments for word in segment.words)


def test_what_is_shown_and_not_said_is_left_out() -> None:
    text = vtt((0, 2, "[applause] &gt;&gt; Good evening. [laughs]"), (2, 3, "[music playing]"), (3, 4, "\u266a"))

    assert told(read(text)) == [(0.0, 2.0, None, "Good evening.")]


def test_long_cues_are_cut_at_the_ends_of_sentences() -> None:
    sentence = "This one sentence has exactly nine words in it."

    segments = read(vtt((0, 50, " ".join([sentence] * 5))))

    assert [segment.text for segment in segments] == [sentence] * 5
    assert [segment.start for segment in segments] == [0, 10, 20, 30, 40]


def a_json(*segments: dict[str, object]) -> str:
    return json.dumps({"version": "1.0.0", "segments": segments})


def test_json_segments_keep_their_speakers() -> None:
    text = a_json(
        {"speaker": "Ann", "startTime": 0.5, "endTime": 2.5, "body": "Good evening &amp; welcome."},
        {"speaker": "Bo", "startTime": 3, "body": "Hello."},
        {"startTime": "4.5", "endTime": "6", "body": "Let us begin."},
    )

    assert told(read(text, "application/json")) == [
        (0.5, 2.5, "Ann", "Good evening & welcome."),
        (3.0, 4.5, "Bo", "Hello."),
        (4.5, 6.0, None, "Let us begin."),
    ]


def test_json_words_become_sentences_with_the_times_of_the_file() -> None:
    said = ["Good", "evening", "to", "you", "all", ".", "Hello", "Ann"]
    words = [
        {"speaker": "Ann" if at < 6 else "Bo", "startTime": at, "endTime": at + 0.5, "body": f" {text}"}
        for at, text in enumerate(said)
    ]

    segments = read(a_json(*words), "application/json")

    assert told(segments) == [(0.0, 4.5, "Ann", "Good evening to you all."), (6.0, 7.5, "Bo", "Hello Ann")]
    assert [(word.text, word.start, word.end) for word in segments[1].words] == [("Hello", 6, 6.5), ("Ann", 7, 7.5)]
    assert not any(word.interpolated for segment in segments for word in segment.words)


def test_json_words_are_cut_at_pauses_and_after_forty() -> None:
    steady = [{"startTime": at / 2, "endTime": at / 2 + 0.4, "body": f"w{at}"} for at in range(50)]
    paused = [{"startTime": 90 + at, "endTime": 90.5 + at, "body": "late"} for at in range(2)]

    counts = [len(segment.words) for segment in read(a_json(*steady, *paused), "application/json")]

    assert counts == [40, 10, 2]


A_PAGE = """<!DOCTYPE html><html><body>
<cite>Ann Hale:</cite><time>0:00</time><p>Good evening.</p><p>And welcome.</p>
<p><cite>Bo:</cite> <time>0:08</time> Hello, <b>Ann</b> &amp; all.</p>
<cite>Ann Hale:</cite><time>1:00:10</time><p>Good night.</p>
</body></html>"""


def test_html_paragraphs_last_until_the_next_begins_but_no_longer_than_people_speak() -> None:
    assert told(read(A_PAGE, "text/html")) == [
        (0.0, 2.08, "Ann Hale", "Good evening."),
        (2.08, 4.0, "Ann Hale", "And welcome."),
        (8.0, 11.0, "Bo", "Hello, Ann & all."),
        (3610.0, 3612.0, "Ann Hale", "Good night."),
    ]


def test_a_page_with_times_tells_titles_from_speakers() -> None:
    page = """<cite>Kevin:</cite><time>0:00</time><p>We play <cite>Nuages</cite>.</p>
    <p><cite>Kind of Blue</cite> was recorded in two days.</p>
    <p><cite>Bo</cite>: <time>0:20</time> Yes.</p><p>Good night.</p>"""

    assert [(one.speaker, one.text) for one in read(page)] == [
        ("Kevin", "We play Nuages."),
        ("Kevin", "Kind of Blue was recorded in two days."),
        ("Bo", "Yes."),
        ("Bo", "Good night."),
    ]


@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream", ""])
def test_json_and_html_are_known_by_their_content(media_type: str) -> None:
    assert len(read(A_PAGE, media_type)) == 4
    assert len(read(a_json({"startTime": 0, "endTime": 2, "body": "Hello there."}), media_type)) == 1


def test_subrip_without_numbers_is_read() -> None:
    assert told(read("00:00:01,000 --> 00:00:02,000\nHello there.\n", SRT)) == [(1.0, 2.0, None, "Hello there.")]


def words(text: str | bytes) -> list[tuple[str | None, str]]:
    body = text if isinstance(text, bytes) else text.encode()
    found = PublisherCaptionReader().paragraphs(Document("http://show.example/c", body, "text/plain"))
    return [(one.speaker, one.text) for one in found]


def test_a_text_has_a_paragraph_per_line_or_per_block_and_its_speakers() -> None:
    by_line = "CLARA: Good evening.\nBO: Hello.\nCLARA: Let us begin.\nBO: Yes, do.\n"
    wrapped = "Clara Wells: Good\nevening.\n\nTo all of\nyou.\nBo Hale : Hello\nthere.\n"

    assert words(by_line) == [
        ("CLARA", "Good evening."),
        ("BO", "Hello."),
        ("CLARA", "Let us begin."),
        ("BO", "Yes, do."),
    ]
    assert words(wrapped) == [
        ("Clara Wells", "Good evening."),
        ("Clara Wells", "To all of you."),
        ("Bo Hale", "Hello there."),
    ]


def test_a_name_on_a_line_of_its_own_speaks_what_follows() -> None:
    assert words("Clara:\n\nGood evening.\n\nBo Hale:\n\nHello.") == [("Clara", "Good evening."), ("Bo Hale", "Hello.")]


def test_what_stands_beside_the_words_of_a_text_is_left_out() -> None:
    text = "# Episode one\n**Clara Wells** (00:12): Good (laughs) evening. [applause]\n"
    text += "1:02:03.5 --> 1:02:05 and *welcome*\n***\n"

    assert words(text) == [
        (None, "Episode one"),
        ("Clara Wells", "Good evening."),
        ("Clara Wells", "and welcome"),
    ]


def test_a_page_without_times_has_its_words_without_what_surrounds_them() -> None:
    page = """<!DOCTYPE html><html><head><title>One</title><style>p {}</style></head><body>
    <nav><ul><li>Home</li></ul></nav><header>The show</header>
    <h1>Tunes</h1><cite>Ann Hale:</cite><p>We play <cite>Nuages</cite>
    now.</p><p><cite>Bo</cite> Yes, <b>do</b> &amp; soon.<br>Please.</p>
    <footer>All rights reserved</footer><script>track()</script></body></html>"""

    assert words(page) == [
        (None, "Tunes"),
        ("Ann Hale", "We play Nuages now."),
        ("Bo", "Yes, do & soon."),
        ("Bo", "Please."),
    ]
    assert words("<p><b>Ann:</b> Hello.</p><p>Ann: Good night.</p>") == [("Ann", "Hello."), ("Ann", "Good night.")]


def test_a_title_at_the_start_of_a_line_is_said_and_does_not_speak() -> None:
    page = """<p><cite>Ann Hale</cite></p><p>Good evening.</p>
    <p><cite>Kind of Blue</cite> was recorded in two days.</p>
    <p><cite>Bo</cite>: and <cite>Nuages</cite>.</p><p>Indeed.</p>
    <p><cite>Cy</cite> yes.</p><p><cite>Cy</cite> no.</p>"""

    assert words(page) == [
        ("Ann Hale", "Good evening."),
        ("Ann Hale", "Kind of Blue was recorded in two days."),
        ("Bo", "and Nuages."),
        ("Bo", "Indeed."),
        ("Cy", "yes."),
        ("Cy", "no."),
    ]


def test_xhtml_is_a_page_too() -> None:
    opening = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">'

    assert words(f"{opening}<head/><body><p>Good evening.</p></body></html>") == [(None, "Good evening.")]
    assert told(read(f"{opening}<body><time>0:01</time><p>Good evening.</p></body></html>")) == [
        (1.0, 3.0, None, "Good evening.")
    ]


def test_a_text_may_begin_with_a_bracket() -> None:
    assert words("[00:00:01] Clara: Good evening.\n[00:00:05] Clara: Welcome.") == [
        ("Clara", "Good evening."),
        ("Clara", "Welcome."),
    ]
    assert words("[MUSIC]\nClara: Good evening.") == [("Clara", "Good evening.")]


@pytest.mark.parametrize(
    "text",
    [
        "**Clara:** Good evening.\n**Bo Hale:** Hello.\n\n**Clara:** Let us\nbegin.",
        "00:12 Clara: Good evening.\n00:15 Bo Hale: Hello.\n\n00:17 Clara: Let us\nbegin.",
        "Clara (00:12): Good evening.\nBo Hale [00:15] : Hello.\n\nClara (00:17): Let us\nbegin.",
        "Clara  0:12\nGood evening.\nBo Hale  0:15\nHello.\n\nClara  0:17\nLet us\nbegin.",
        "Clara  0:12\n\nGood evening.\n\n**Bo Hale** (0:15)\n\nHello.\n\nClara  0:17\n\nLet us\nbegin.",
    ],
    ids=["in bold", "after clocks", "before clocks", "above, with a clock", "above, apart"],
)
def test_labels_begin_a_paragraph_whatever_is_around_them(text: str) -> None:
    assert words(text) == [("Clara", "Good evening."), ("Bo Hale", "Hello."), ("Clara", "Let us begin.")]


def test_a_name_above_with_a_clock_speaks_on_a_page_and_where_every_line_says_something() -> None:
    assert words("Good evening.\nBo  0:20\nHello.") == [(None, "Good evening."), ("Bo", "Hello.")]
    assert words("<p>Good evening.</p><p>Bo 0:20</p><p>Hello.</p>") == [(None, "Good evening."), ("Bo", "Hello.")]


def test_a_clock_inside_a_line_is_said() -> None:
    text = "0:07 At 10:30 we met; John 3:16 says so (0:09).\n- 0:11 Yes, it does. 0:12\n"

    assert words(text) == [(None, "At 10:30 we met; John 3:16 says so ."), (None, "Yes, it does.")]


def test_captions_give_their_words_too_when_their_times_cannot_be_used() -> None:
    assert [text for _, text in words("WEBVTT\n\n00:09.000 --> 00:02.000\nBackwards we go.\n")] == [
        "WEBVTT",
        "Backwards we go.",
    ]
    assert words(A_PAGE)[0] == ("Ann Hale", "Good evening.")


@pytest.mark.parametrize("text", ["", " \n\n", "{broken", "[]", "<html></html>", "\u266a\n--\n"])
def test_what_holds_no_words_has_no_paragraphs(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize(
    "text",
    ["<a" * 250_000, "<p>" + "<a" * 250_000, "(" * 500_000, "1:" * 250_000, "\n" * 500_000,
     "<p>la</p>" * 50_000, "A: b\n" * 100_000, "<p><object>" * 40_000, "{\\" * 250_000,
     "<p>" + "<cite></cite>" * 40_000, "01:" * 170_000, "A " * 250_000],
    ids=["tags", "tags in a page", "brackets", "clocks", "lines", "paragraphs", "labels", "depth", "styles",
         "cites", "one clock", "names"],
)  # fmt: skip
def test_a_text_made_to_take_long_is_read_all_the_same(text: str) -> None:
    started = time.process_time()

    words(text)

    # A third of one at most on an idle machine; a rule that reads the rest of the text at every place takes minutes.
    assert time.process_time() - started < 10
