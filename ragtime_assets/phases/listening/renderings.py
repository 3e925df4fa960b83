"""The transcript as files that players and people use: WebVTT, SubRip, Podcasting 2.0 JSON, plain text.

How they are kept beside the artifact is not decided here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.language.sentence_ends import ends_sentence
from ragtime_assets.domain.language.spelling import Spelled, spelled, text_of
from ragtime_assets.domain.rendering.turns import turns

_LINE = 42
"""Letters in a line of captions."""
_LINES = 2
_LONGEST = 7.0
"""Seconds that a cue stays."""
_SHORTEST = 0.001


class Cue(NamedTuple):
    """What is shown at a time, in lines."""

    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str | None
    opens: bool
    """Whether the speaker begins here."""


def vtt(transcript: Transcript) -> str:
    """WebVTT, with a voice tag on every cue whose speaker is known."""
    blocks = [f"WEBVTT\nLanguage: {transcript.language}"]
    for cue in cues(transcript):
        voice = f"<v {_escaped(_line(cue.speaker))}>" if cue.speaker else ""
        shown = voice + "\n".join(map(_escaped, cue.lines))
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{shown}")
    return "\n\n".join(blocks) + "\n"


def srt(transcript: Transcript) -> str:
    """SubRip, with the speaker's name where somebody begins to speak."""
    blocks: list[str] = []
    for number, cue in enumerate(cues(transcript), start=1):
        named = f"{_line(cue.speaker)}: " if cue.speaker and cue.opens else ""
        # SubRip knows tags and no way to write the signs that they are made of.
        shown = (named + "\n".join(cue.lines)).replace("<", "\u2039").replace(">", "\u203a")
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{shown}\n")
    return "\n".join(blocks)


def podcast_json(transcript: Transcript) -> str:
    """Podcasting 2.0 JSON, a segment for a segment."""
    segments = [
        {
            **({"speaker": segment.speaker} if segment.speaker else {}),
            "startTime": segment.start,
            "endTime": segment.end,
            "body": segment.text,
        }
        for segment in transcript.segments
    ]
    return json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False, indent=1) + "\n"


def plain(transcript: Transcript) -> str:
    """The words in paragraphs: one per turn of a speaker, or where there is a pause."""
    spoken = (f"{_line(one.speaker)}: {one.text}" if one.opens else one.text for one in turns(transcript.segments))
    return "\n\n".join(spoken) + "\n"


RENDERINGS: Mapping[str, Callable[[Transcript], str]] = {
    "vtt": vtt,
    "srt": srt,
    "podcast.json": podcast_json,
    "txt": plain,
}
"""By what comes after the key in a file's name, what makes its content."""


def cues(transcript: Transcript) -> Iterator[Cue]:
    """The segments in pieces that can be read: two lines, seven seconds, on the times of words."""
    before: str | None = None
    for segment in transcript.segments:
        for place, words in enumerate(_pieces(spelled(segment))):
            start = words[0].word.start
            end = max(max(one.word.end for one in words), start + _SHORTEST)
            opens = place == 0 and segment.speaker != before
            yield Cue(start, end, tuple(_lines(words)), segment.speaker, opens)
        before = segment.speaker


def _pieces(words: list[Spelled]) -> Iterator[list[Spelled]]:
    """The words in pieces that fit into a cue, with a cut after a sentence where the first line is full."""
    piece: list[Spelled] = []
    for word in words:
        if piece and not _fits([*piece, word]):
            yield piece
            piece = []
        piece.append(word)
        if ends_sentence(word.word.text) and len(text_of(piece)) > _LINE:
            yield piece
            piece = []
    if piece:
        yield piece


def _fits(words: list[Spelled]) -> bool:
    short = words[-1].word.end - words[0].word.start <= _LONGEST
    return short and len(_lines(words)) <= _LINES


def _lines(words: list[Spelled]) -> list[str]:
    lines: list[str] = []
    for gap, word in words:
        text = _line(word.text)
        longer = lines[-1] + gap + text if lines else text
        if lines and len(longer) <= _LINE:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"
