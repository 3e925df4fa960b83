"""What of Whisper's output was said: without what it makes up, loops it falls into, and words it hears twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.transcript import LeftOut
from ragtime_assets.domain.language.credits import CREDIT, is_credit
from ragtime_assets.domain.language.repetition import LOOP, repetitions
from ragtime_assets.domain.language.sentence_ends import sentence_over
from ragtime_assets.domain.language.words import letters

if TYPE_CHECKING:
    from faster_whisper.transcribe import Segment as HeardSegment
    from faster_whisper.transcribe import Word as HeardWord

UNCLEAR = "not clearly speech"
ECHO = "a word that the engine heard twice"
_FASTEST_SPEECH = 50.0
"""Letters per second."""
_FAST_SPEECH = 30.0
"""Letters per second that somebody who repeats a sentence still says."""
_SURE = 0.7
"""Mean probability of words that are said again and again."""


def without_echoes(segments: Iterable[HeardSegment], last_word: str) -> tuple[list[list[HeardWord]], list[LeftOut]]:
    """Each segment's words, without one that was heard twice, and where that was.

    With hotwords Whisper tends to hear the last word again where it moves on to its next 30 seconds.
    """
    said: list[list[HeardWord]] = []
    left_out: list[LeftOut] = []
    seek = -1
    for segment in segments:
        words = [word for word in segment.words or () if word.word.strip()]
        if segment.seek != seek and words and letters(words[0].word) == last_word:
            echo = words.pop(0)
            left_out.append(LeftOut(start=echo.start, end=echo.end, why=ECHO))
        seek = segment.seek
        if words:
            last_word = letters(words[-1].word)
            said.append(words)
    return said, left_out


def without_loops(said: list[list[HeardWord]]) -> tuple[list[list[HeardWord]], list[LeftOut]]:
    """The words of each segment without those that only repeat, and where these were.

    What Whisper was sure of stays, however often it was said: a refrain, a chant, a drill.
    """
    flat = [word for words in said for word in words]
    unsure = [
        run for run in _runs(repetitions([word.word for word in flat])) if not _is_sure(flat[run[0] : run[-1] + 1])
    ]
    looped = {id(flat[place]) for run in unsure for place in run}
    kept = [[word for word in words if id(word) not in looped] for words in said]
    left_out = [LeftOut(start=flat[run[0]].start, end=flat[run[-1]].end, why=LOOP) for run in unsure]
    return [words for words in kept if words], left_out


def _runs(places: Iterable[int]) -> list[list[int]]:
    """Places in a row."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _is_sure(words: list[HeardWord]) -> bool:
    """Whether the words were clearly heard, each for as long as it takes to say it."""
    seconds = words[-1].end - words[0].start
    letters_said = sum(len(word.word.strip()) for word in words)
    return sum(word.probability for word in words) / len(words) >= _SURE and letters_said <= seconds * _FAST_SPEECH


def sentences(words: Iterable[HeardWord]) -> Iterator[list[HeardWord]]:
    """The words in sentences, by their punctuation; one of a word or three stays with the next."""
    piece: list[HeardWord] = []
    for word in words:
        piece.append(word)
        if sentence_over(len(piece), word.word):
            yield piece
            piece = []
    if piece:
        yield piece


def not_speech(segment: HeardSegment) -> str | None:
    """Why a segment is what Whisper makes up when there is no speech; None when somebody said it."""
    if is_credit(segment.text):
        return CREDIT
    doubtful = segment.no_speech_prob > 0.6 and segment.avg_logprob < -0.5
    unsure_at_every_temperature = segment.avg_logprob < -1.0
    probabilities = [word.probability for word in segment.words or ()]
    guessed = not probabilities or sum(probabilities) / len(probabilities) < 0.2
    rushed = segment.end - segment.start < len(segment.text.strip()) / _FASTEST_SPEECH
    wordless = not any(letter.isalnum() for letter in segment.text)
    return UNCLEAR if doubtful or unsure_at_every_temperature or guessed or rushed or wordless else None
