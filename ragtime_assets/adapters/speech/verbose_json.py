"""What a transcription endpoint answers, as segments: OpenAI's verbose JSON, with or without words.

The words come without punctuation and beside the segments; they are found again in the segments' text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from ragtime_assets.domain.artifacts.transcript import LeftOut, Segment, Word
from ragtime_assets.domain.language.credits import CREDIT, is_credit
from ragtime_assets.domain.language.repetition import LOOP, repetitions
from ragtime_assets.domain.language.spelling import Spelled, spelled, text_of
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.text.lines import writable
from ragtime_assets.errors import OutputInvalid

UNKNOWN = "und"
UNCLEAR = "not clearly speech"
_UNSURE, _SURE = -1.0, -0.35
"""Mean log probabilities of a segment that is a guess, and of one whose repetitions were said.

A server that tells none doubts nothing: what it says again and again stays.
"""
_SLACK = 5.0
"""Seconds by which the times of an answer may run past the end of the sound."""
_OTHER_NAMES = {
    "bengali": "bn",
    "haitian creole": "ht",
    "javanese": "jv",
    "maori": "mi",
    "myanmar": "my",
    "nynorsk": "nn",
}


_Said = Annotated[str, AfterValidator(writable)]


class _Segment(BaseModel):
    start: float = Field(ge=0, allow_inf_nan=False)
    end: float = Field(ge=0, allow_inf_nan=False)
    text: _Said
    avg_logprob: float | None = None
    no_speech_prob: float | None = None


class _Word(BaseModel):
    word: _Said
    start: float = Field(ge=0, allow_inf_nan=False)
    end: float = Field(ge=0, allow_inf_nan=False)


class Answer(BaseModel):
    """One answer, in times of the sound that was sent."""

    language: str | None = None
    segments: list[_Segment]
    words: list[_Word] | None = None


def read_answer(body: str, seconds: float) -> Answer:
    """The answer about `seconds` of sound; raises OutputInvalid when it is none."""
    if body.lstrip().startswith("<"):
        raise OutputInvalid(
            "a web page came where the text of speech was asked for",
            remedy="Correct RAGTIME_TRANSCRIPTION_URL: it is the address of the API, which mostly ends in /v1.",
        )
    try:
        answer = Answer.model_validate_json(body)
    except ValidationError as error:
        raise OutputInvalid(
            f"the answer is not verbose JSON with segments: {error.error_count()} mistakes",
            remedy="Set RAGTIME_TRANSCRIPTION_MODEL to a model that gives timestamps, such as whisper-1.",
        ) from error
    latest = max((one.end for one in answer.segments), default=0.0)
    if latest > seconds + _SLACK:
        raise OutputInvalid(f"the answer speaks of second {latest:.0f} of {seconds:.0f} seconds of sound")
    starts = [one.start for one in answer.segments]
    if starts != sorted(starts):
        raise OutputInvalid("the segments of the answer are not in order of time")
    return answer


def heard_in(answer: Answer, offset: float) -> tuple[tuple[Segment, ...], tuple[LeftOut, ...]]:
    """What was said, in times of the whole recording, and what is left out: what was made up, and loops."""
    left_out = [LeftOut(start=one.start, end=one.end, why=why) for one in answer.segments if (why := _not_speech(one))]
    timed = [(words, sure) for words, sure in _timed(answer) if words]
    places = repetitions([one.word.text for words, _ in timed for one in words])
    number = iter(range(sum(len(words) for words, _ in timed)))
    segments: list[Segment] = []
    for words, sure in timed:
        again = [next(number) in places and not sure for _ in words]
        kept = [one for one, is_loop in zip(words, again, strict=True) if not is_loop]
        looped = [one.word for one, is_loop in zip(words, again, strict=True) if is_loop]
        if kept:
            segments.append(_segment(kept).moved(offset))
        if looped:
            left_out.append(LeftOut(start=looped[0].start, end=looped[-1].end, why=LOOP))
    left_out.sort(key=lambda one: one.start)
    return tuple(segments), tuple(one.moved(offset) for one in left_out)


def language_of(answer: Answer) -> str:
    """The two letters of the answer's language, which is given as a name or a code."""
    said = (answer.language or "").strip().lower()
    return _codes().get(said) or (language_code(said) if len(said) <= len("pt-br") else None) or UNKNOWN


def _segment(words: Sequence[Spelled]) -> Segment:
    found = tuple(one.word for one in words)
    end = max(word.end for word in found)
    return Segment(start=found[0].start, end=end, text=text_of(list(words)), words=found)


def _timed(answer: Answer) -> Iterator[tuple[list[Spelled], bool]]:
    """The words of each segment that is speech, in times that never run backwards; whether the engine was sure."""
    words = [word for word in answer.words or () if word.word.strip()]
    at, earliest = 0, 0.0
    for segment in answer.segments:
        found, after = _found(segment, words, at)
        if found:
            at = after
        else:
            found = _spread(segment)
            at = next((place for place in range(at, len(words)) if words[place].start >= segment.end), len(words))
        if _not_speech(segment):
            continue
        ordered: list[Spelled] = []
        for gap, word in found:
            earliest = max(word.start, earliest)
            times = {"start": earliest, "end": max(word.end, earliest)}
            ordered.append(Spelled(gap, word.model_copy(update=times)))
        yield ordered, segment.avg_logprob is None or segment.avg_logprob >= _SURE


def _found(segment: _Segment, words: Sequence[_Word], at: int) -> tuple[list[Spelled], int]:
    """The words from `at` on where they spell the segment, each with the marks after it; nothing where they do not."""
    text, end = segment.text.strip(), 0
    places: list[int] = []
    first = at
    while at < len(words):
        spoken = words[at].word.strip()
        begin = text.find(spoken, end)
        if begin < 0 or _letters(text[end:begin]):
            break
        places.append(_opening(text, end, begin))
        end = begin + len(spoken)
        at += 1
    if not places or _letters(text[end:]):
        return [], first
    pieces = [text[begin:stop] for begin, stop in zip(places, [*places[1:], len(text)], strict=True)]
    spaced = [False, *(piece != piece.rstrip() for piece in pieces)]
    found = [
        Spelled(" " if gap else "", Word(start=word.start, end=max(word.end, word.start), text=piece.strip()))
        for gap, piece, word in zip(spaced, pieces, words[first:at], strict=False)
    ]
    return found, at


def _opening(text: str, end: int, begin: int) -> int:
    """Where a word begins that was found at `begin`: with its opening marks, which follow a space."""
    gap = text[end:begin]
    if not end:
        return 0
    space = max((place for place, letter in enumerate(gap) if letter.isspace()), default=-1)
    return begin if space < 0 else end + space + 1


def _spread(segment: _Segment) -> list[Spelled]:
    text = segment.text.strip()
    end = max(segment.end, segment.start)
    return spelled(Segment(start=segment.start, end=end, text=text)) if _letters(text) else []


def _not_speech(segment: _Segment) -> str | None:
    """Why a segment is not what somebody said, as far as it and the engine's own doubts tell."""
    if is_credit(segment.text):
        return CREDIT
    sure = 0.0 if segment.avg_logprob is None else segment.avg_logprob
    doubtful = (segment.no_speech_prob or 0.0) > 0.6 and sure < -0.5
    return UNCLEAR if doubtful or sure < _UNSURE else None


def _letters(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    from babel import Locale

    named = dict[str, str](Locale("en").languages)
    return {name.lower(): code for code, name in named.items() if len(code) == 2} | _OTHER_NAMES
