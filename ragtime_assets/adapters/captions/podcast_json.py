"""Podcasting 2.0 JSON transcripts; segments of one word each are joined into sentences that keep their times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from ragtime_assets.adapters.captions.cues import Cue, plain
from ragtime_assets.domain.artifacts.transcript import Word
from ragtime_assets.domain.language.sentence_ends import over
from ragtime_assets.domain.language.words import count_words, run_together, says_something
from ragtime_assets.errors import InvalidCaptions

_OPENING = re.compile(r"\{|\[\s*[{\]]")
"""A text may begin with [music], and is no JSON."""
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)")


def _seconds(told: object) -> object:
    """A clock, as some publishers write it, as seconds."""
    if isinstance(told, str) and (clock := _CLOCK.fullmatch(told)):
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3].replace(",", "."))
    return told


_Second = Annotated[float, BeforeValidator(_seconds)]


class _JsonSegment(BaseModel):
    """As the standard names its fields, or as speech engines do."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    start: _Second = Field(validation_alias=AliasChoices("startTime", "start"), ge=0, allow_inf_nan=False)
    end: _Second | None = Field(None, validation_alias=AliasChoices("endTime", "end"), ge=0, allow_inf_nan=False)
    body: str | None = Field(None, validation_alias=AliasChoices("body", "text"))
    speaker: str | None = Field(None, validation_alias=AliasChoices("voice", "speaker"))


class _JsonFile(BaseModel):
    segments: list[_JsonSegment] = Field(validation_alias=AliasChoices("segments", "transcripts"))


_FILE: TypeAdapter[_JsonFile | list[_JsonSegment]] = TypeAdapter(_JsonFile | list[_JsonSegment])


def is_json(text: str) -> bool:
    """Whether the file starts as JSON does."""
    return _OPENING.match(text) is not None


def read_json(text: str) -> list[Cue]:
    """The segments as cues; raises InvalidCaptions."""
    try:
        file = _FILE.validate_json(text)
    except ValidationError as error:
        raise InvalidCaptions(
            f"the captions look like JSON, and not like Podcasting 2.0's: {error.error_count()} mistakes"
        ) from error
    cues = list(_cues(file.segments if isinstance(file, _JsonFile) else file))
    by_word = bool(cues) and median(count_words(cue.text) for cue in cues) <= 1
    return list(_joined(cues)) if by_word else cues


def _cues(segments: Sequence[_JsonSegment]) -> Iterator[Cue]:
    for place, segment in enumerate(segments):
        following = segments[place + 1].start if place + 1 < len(segments) else segment.start
        end = segment.end if segment.end is not None else max(following, segment.start)
        text = plain(segment.body or "")
        if end < segment.start:
            raise InvalidCaptions(f"a segment ends at {end} s, before it starts at {segment.start} s")
        if text:
            yield Cue(segment.start, end, text, plain(segment.speaker or "") or None)


def _joined(cues: list[Cue]) -> Iterator[Cue]:
    """Sentences of words; a mark that stands alone belongs to the word before it."""
    sentence: list[Cue] = []
    for cue in cues:
        if sentence and not says_something(cue.text):
            sentence[-1] = sentence[-1]._replace(text=sentence[-1].text + cue.text)
            continue
        if sentence and _begins_anew(sentence, cue):
            yield _one(sentence)
            sentence = []
        sentence.append(cue)
    if sentence:
        yield _one(sentence)


def _begins_anew(sentence: list[Cue], cue: Cue) -> bool:
    before = sentence[-1]
    return cue.speaker != before.speaker or over(len(sentence), before.text, pause=cue.start - before.end)


def _one(sentence: list[Cue]) -> Cue:
    words = tuple(Word(start=cue.start, end=cue.end, text=cue.text, interpolated=" " in cue.text) for cue in sentence)
    end = max(word.end for word in words)
    return Cue(sentence[0].start, end, run_together(word.text for word in words), sentence[0].speaker, words)
