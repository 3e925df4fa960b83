"""Listens with Whisper on this machine, in bounded memory, and never to the same stretch twice.

Long audio is heard in windows that are cut where it is quiet; what was heard of a finished window is kept in the
journal. Which model that is, and where it comes from, is `whisper_model.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, Sound, windows
from ragtime_assets.adapters.speech.passed_over import PASSED_OVER, Stretch, passed_over
from ragtime_assets.adapters.speech.whisper_filters import not_speech, sentences, without_echoes, without_loops
from ragtime_assets.adapters.speech.whisper_model import BUNDLED, load_model, model_name
from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.artifacts.audio_file import AudioFacts
from ragtime_assets.domain.artifacts.transcript import LeftOut, Segment, Transcript, Word, left_out_by_reason
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.language.words import letters
from ragtime_assets.errors import NoSpeech
from ragtime_assets.ports import Account, Hints, Journal, Progress

if TYPE_CHECKING:
    from faster_whisper.transcribe import Segment as HeardSegment
    from faster_whisper.transcribe import TranscriptionInfo
    from faster_whisper.transcribe import Word as HeardWord

    from ragtime_assets.adapters.audio.stream import Samples

MAX_NAMES = 15
_MARGIN = 0.2
"""Seconds before and behind a stretch that is heard again, so that its first and last word are whole."""
_METHOD = "each half minute in its own language, and again what was passed over"
"""What a window was heard by; windows that an attempt heard otherwise are heard again."""


@dataclass(frozen=True)
class WhisperTranscriber:
    """Whisper through faster-whisper; the model is loaded when first needed, once per process."""

    model: str = BUNDLED
    window_seconds: float = 300.0

    @property
    def engine(self) -> str:
        """Name and model, as people read them."""
        return model_name(self.model)

    @property
    def place(self) -> str | None:
        """It takes all cores."""
        return "speech"

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        """The speech in `audio`, heard segment by segment on the calling thread; raises NoSpeech. It costs nothing."""

        def reached(second: float) -> None:
            progress(min(float(second), facts.duration), facts.duration, "listening")

        sound, listening = Sound(audio), _Listening(self.model, hints, reached)
        found: list[_Window] = []
        for offset, window in windows(sound, self.window_seconds):
            found.append(_kept(listening, window, offset, journal))
            reached(offset + len(window) / SAMPLE_RATE)
        segments = [segment for one in found for segment in one.segments]
        if not segments or listening.language is None:
            raise NoSpeech(f"{self.engine} heard {facts.duration:.0f} seconds of audio and no words in it")
        left_out = tuple(one for window in found for one in window.left_out)
        return Transcript(
            engine=self.engine,
            language=language_code(listening.language) or listening.language,
            language_probability=listening.probability,
            duration=facts.duration,
            timing_source="audio",
            segments=tuple(segments),
            left_out=left_out,
            notes=(*sound.notes, *left_out_by_reason(left_out)),
        )


class _Window(Record):
    """What was heard in one window, and what is known of the episode's language after it."""

    language: str | None
    probability: float | None
    segments: tuple[Segment, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def _kept(listening: _Listening, window: Samples, offset: float, journal: Journal | None) -> _Window:
    """What an attempt that died heard in this very window, else what is heard now."""
    unit, request = f"window {round(offset * SAMPLE_RATE)}", listening.request(window)
    answer = journal.find(unit, request) if journal else None
    found = _Window.model_validate_json(answer) if answer else listening.heard(window, offset)
    if journal and not answer:
        journal.keep(unit, request, found.model_dump_json())
    listening.remember(found)
    return found


class _Listening:
    """One pass over one audio file: what is known of its language so far, and where the last segment ended."""

    def __init__(self, model: str, hints: Hints, reached: Callable[[float], None]) -> None:
        wanted = language_code(hints.language)
        self._name = model_name(model)
        self._model = load_model(model)
        self._hotwords = ", ".join(hints.names[:MAX_NAMES]) or None
        self._reached = reached
        self.language = wanted if wanted in self._model.supported_languages else None
        self.probability: float | None = None
        self._last_start, self._last_word = 0.0, ""

    def request(self, window: Samples) -> str:
        """The digest of everything that decides what is heard in a window."""
        asked = json.dumps([_METHOD, self._name, self._hotwords, self.language, self._last_start, self._last_word])
        digest = hashlib.sha256(asked.encode())
        digest.update(window.data)
        return digest.hexdigest()

    def remember(self, window: _Window) -> None:
        """Go on from here."""
        self.language, self.probability = window.language, window.probability
        if window.segments and (words := window.segments[-1].words):
            self._last_start, self._last_word = words[-1].start, letters(words[-1].text)

    def heard(self, window: Samples, offset: float) -> _Window:
        """What is said in one window, in times of the whole file."""
        usual, probability = self.language, self.probability
        segments, info = self._transcribed(window, self._hotwords)
        if not info.duration_after_vad:
            return _Window(language=usual, probability=probability)
        heard: list[HeardSegment] = []
        for segment in segments:
            self._reached(offset + segment.end)
            heard.append(segment)
        again, silent = self._heard_again(window, heard)
        spoken: list[HeardSegment] = []
        left_out = [LeftOut(start=start, end=end, why=PASSED_OVER) for start, end in silent]
        for segment in sorted([*heard, *again], key=lambda one: one.start):
            if why := not_speech(segment):
                left_out.append(LeftOut(start=segment.start, end=segment.end, why=why))
            else:
                spoken.append(segment)
        if spoken and usual is None:
            usual, probability = info.language, info.language_probability
        once, echoed = without_echoes(spoken, self._last_word)
        said, looped = without_loops(once)
        timed = self._timed((one for words in said for one in sentences(words)), offset, len(window) / SAMPLE_RATE)
        missing = tuple(one.moved(offset) for one in (*left_out, *echoed, *looped))
        return _Window(language=usual, probability=probability, segments=tuple(timed), left_out=missing)

    def _transcribed(self, sound: Samples, hotwords: str | None) -> tuple[Iterable[HeardSegment], TranscriptionInfo]:
        return self._model.transcribe(
            sound,
            language=self.language,
            multilingual=self._model.model.is_multilingual,
            language_detection_segments=4,
            beam_size=5,
            vad_filter=True,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=hotwords,
        )

    def _heard_again(self, window: Samples, heard: Iterable[HeardSegment]) -> tuple[list[HeardSegment], list[Stretch]]:
        """What is said where the engine passed over speech, and where it still hears no word; without hotwords."""
        found: list[HeardSegment] = []
        silent: list[Stretch] = []
        for start, end in passed_over(window, _spans(heard)):
            first = max(start - _MARGIN, 0.0)
            again, _ = self._transcribed(
                window[round(first * SAMPLE_RATE) : round((end + _MARGIN) * SAMPLE_RATE)], None
            )
            segments = [one for segment in again if (one := _within(_moved(segment, first), start, end))]
            found += segments
            if not segments:
                silent.append((start, end))
        return found, silent

    def _timed(self, said: Iterable[list[HeardWord]], offset: float, seconds: float) -> Iterator[Segment]:
        """The sentences in times of the whole file, which never run backwards."""
        earliest, latest = self._last_start, offset + seconds
        for sentence in said:
            words: list[Word] = []
            for word in sentence:
                start = earliest = round(min(max(offset + float(word.start), earliest), latest), 3)
                end = round(min(max(offset + float(word.end), start), latest), 3)
                words.append(Word(start=start, end=end, text=word.word.strip(), probability=round(word.probability, 3)))
            text = "".join(word.word for word in sentence).strip()
            yield Segment(start=words[0].start, end=max(word.end for word in words), text=text, words=tuple(words))


def _spans(segments: Iterable[HeardSegment]) -> Iterator[Stretch]:
    """Where words were heard; a segment without times for its words counts whole."""
    for segment in segments:
        if segment.words:
            yield from ((word.start, word.end) for word in segment.words)
        else:
            yield segment.start, segment.end


def _moved(segment: HeardSegment, by: float) -> HeardSegment:
    """The same in times of the window; one that begins a stretch of its own."""
    words = [replace(word, start=word.start + by, end=word.end + by) for word in segment.words or ()]
    return replace(segment, seek=-1, start=segment.start + by, end=segment.end + by, words=words)


def _within(segment: HeardSegment, start: float, end: float) -> HeardSegment | None:
    """The segment without words of which more than half lies outside, where others were heard; None when all do."""
    words = [word for word in segment.words or () if start < (word.start + word.end) / 2 < end]
    return replace(segment, start=words[0].start, end=words[-1].end, words=words) if words else None
