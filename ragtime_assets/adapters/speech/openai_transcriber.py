"""Listens through OpenAI's transcription endpoint, or any server that speaks like it.

Long audio goes in parts that are cut where it is quiet and overlap a little; each answer is kept in the journal
before it is used, so that no part is paid twice (`web/paid_calls.py`). How it is sent is `transcription_endpoint.py`,
how an answer is read `verbose_json.py`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio.opus import BYTES_PER_SECOND, opus
from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, Sound, windows
from ragtime_assets.adapters.speech.passed_over import left_out_of
from ragtime_assets.adapters.speech.transcription_endpoint import Form, TranscriptionEndpoint
from ragtime_assets.adapters.speech.verbose_json import UNKNOWN, Answer, heard_in, language_of, read_answer
from ragtime_assets.adapters.web.paid_calls import PaidCall, PaidCalls
from ragtime_assets.domain.artifacts.audio_file import AudioFacts
from ragtime_assets.domain.artifacts.transcript import LeftOut, Segment, Transcript, left_out_by_reason
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.language.stitching import stitched
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.money.prices import PRICES_FILE
from ragtime_assets.domain.money.spending import Budget, Cost, PlannedCall, SettledCall
from ragtime_assets.domain.retries import Retries
from ragtime_assets.errors import NoSpeech, TooLarge
from ragtime_assets.ports import Account, Hints, Journal, Progress

if TYPE_CHECKING:
    from ragtime_assets.adapters.audio.stream import Samples

OPENAI = "https://api.openai.com/v1"
PROVIDER = "openai"
"""What the ledger and the file of prices call it, wherever its endpoint is."""
MOST_BYTES = 25_000_000
"""What the endpoint takes at once."""
PART_SECONDS = 1_200.0
"""A part that fails costs no more than this again; the endpoint's newer models take 25 minutes."""
_PRICES = {"whisper-1": Decimal("0.006")}
"""OpenAI's, in dollars per minute."""
_OVERLAP = 4
"""Seconds that a part hears of the one before it."""
_MAX_NAMES = 15
_TAKEN = {"mp3": "mp3", "mp4": "m4a", "ogg": "ogg", "flac": "flac", "wav": "wav"}
"""By container, the ending that the endpoint knows it by."""


@dataclass(frozen=True)
class _Part:
    """A stretch of the audio as it is sent, and what it is called."""

    number: int
    start: float
    cut: float
    """Up to where the part before it heard."""
    seconds: float
    digest: str
    name: str
    body: Callable[[], bytes]


@dataclass(frozen=True)
class OpenAITranscriber:
    """A `Transcriber` behind an HTTP endpoint."""

    endpoint: TranscriptionEndpoint
    seconds: float = 3_600
    """How long all parts may take together."""
    part_seconds: float = PART_SECONDS
    most_bytes: int = MOST_BYTES
    prices: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    """The user's own, in dollars per minute, by provider and model."""
    budget: Budget = Budget()
    """What a minute counts whose price nobody knows."""
    wait: Callable[[float], None] = time.sleep

    @property
    def engine(self) -> str:
        """Name and model, as people read them."""
        return f"openai {self.endpoint.model}"

    @property
    def place(self) -> str | None:
        """It listens elsewhere."""
        return None

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        """The speech in `audio`, part after part; raises NoSpeech."""
        sound, deadline = Sound(audio), Deadline(self.seconds)
        calls = PaidCalls(journal, account, Retries(left=deadline.left), self.wait)
        listening = _Listening(self, self._form(hints), calls, deadline)
        heard: list[tuple[float, tuple[Segment, ...]]] = []
        left_out: list[LeftOut] = []
        spoken: Counter[str] = Counter()
        asked = 0.0
        for part in self._parts(audio, facts, sound):
            answer = listening.answer(part)
            language = language_of(answer)
            segments, missing = heard_in(answer, part.start)
            left_out += (one for one in missing if one.end > part.cut)
            spoken[language] += sum(len(segment.words) for segment in segments)
            heard.append((part.cut, tuple(one.model_copy(update={"language": language}) for one in segments)))
            asked += part.seconds
            progress(min(part.start + part.seconds, facts.duration), facts.duration, f"listening with {self.engine}")
        segments = stitched(heard)
        if not segments:
            raise NoSpeech(f"{self.engine} heard {facts.duration:.0f} seconds of audio and no words in it")
        left_out += left_out_of(audio, [(one.start, one.end) for one in (*segments, *left_out)])
        usual = max(spoken, key=lambda language: (language != UNKNOWN, spoken[language]))
        return Transcript(
            engine=self.engine,
            language=usual,
            duration=facts.duration,
            timing_source="audio",
            segments=tuple(_unmarked(segment, usual) for segment in segments),
            left_out=tuple(left_out),
            notes=(*sound.notes, *left_out_by_reason(left_out), f"{asked:.0f} s of audio sent in {len(heard)} parts"),
        )

    def _parts(self, audio: Path, facts: AudioFacts, sound: Sound) -> Iterator[_Part]:
        """The file itself where it is small and short, else its sound as Opus, in parts where it is long."""
        size = audio.stat().st_size
        longest = min(self.part_seconds, 0.8 * self.most_bytes / BYTES_PER_SECOND - _OVERLAP)
        smaller = size <= min(self.most_bytes, facts.duration * BYTES_PER_SECOND)
        if smaller and facts.duration <= longest and facts.container in _TAKEN:
            original = audio.read_bytes()
            name = f"audio.{_TAKEN[facts.container]}"
            digest = hashlib.sha256(original).hexdigest()
            yield _Part(1, 0.0, 0.0, facts.duration, digest, name, lambda: original)
            return
        tail: Samples | None = None
        for number, (offset, window) in enumerate(windows(sound, longest), start=1):
            piece = window if tail is None else _joined(tail, window)
            lead = (len(piece) - len(window)) / SAMPLE_RATE
            seconds, digest = len(piece) / SAMPLE_RATE, hashlib.sha256(piece.data).hexdigest()
            yield _Part(number, offset - lead, offset, seconds, digest, "audio.ogg", lambda piece=piece: opus(piece))
            tail = window[-_OVERLAP * SAMPLE_RATE :]

    def _form(self, hints: Hints) -> Form:
        """What the endpoint takes beside the sound, and nothing else."""
        form: dict[str, str | list[str]] = {
            "model": self.endpoint.model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
        }
        if language := language_code(hints.language):
            form["language"] = language
        if hints.names:
            form["prompt"] = ", ".join(hints.names[:_MAX_NAMES])
        return form


@dataclass(frozen=True)
class _Listening:
    """The calls for one audio file."""

    to: OpenAITranscriber
    form: Form
    calls: PaidCalls
    deadline: Deadline

    def answer(self, part: _Part) -> Answer:
        """What was heard in a part, by an attempt that died or now; raises OutputInvalid, and forgets it then."""
        unit = f"part {round(part.start * SAMPLE_RATE)}"
        asked = json.dumps([self.to.endpoint.url, self.form, part.digest], sort_keys=True)
        cost = self._cost(part.seconds)
        charge = self.to.budget.speech_charge(cost.amount, part.seconds)
        call = PaidCall(
            unit=unit,
            request=hashlib.sha256(asked.encode()).hexdigest(),
            plan=lambda account: self._planned(account, part, unit, cost, charge),
            prepare=lambda: self._sending(part),
            settle=lambda _: SettledCall("ok", charge, cost=cost, audio_seconds=part.seconds),
        )
        return self.calls.answer(call, lambda body: read_answer(body, part.seconds))

    def _sending(self, part: _Part) -> Callable[[], str]:
        upload = part.body()
        if len(upload) > self.to.most_bytes:
            raise TooLarge(f"part {part.number} has {len(upload)} bytes; {self.to.engine} takes {self.to.most_bytes}")
        return lambda: self.to.endpoint.send(self.form, part.name, upload, part.seconds, self.deadline)

    def _cost(self, seconds: float) -> Cost:
        return speech_cost(seconds, self.to.endpoint.model, self.to.endpoint.url, self.to.prices)

    def _planned(self, account: Account, part: _Part, unit: str, cost: Cost, charge: Decimal) -> PlannedCall:
        return PlannedCall(
            payer=account.payer,
            agent="transcriber",
            unit=unit,
            provider=PROVIDER,
            model=self.to.endpoint.model,
            charge=charge,
            is_priced=cost.amount is not None,
            audio_seconds=part.seconds,
        )


def speech_cost(seconds: float, model: str, url: str, prices: Mapping[str, Decimal]) -> Cost:
    """What hearing so much costs, as far as anybody knows; `prices` are the user's own, in dollars per minute."""
    own = prices.get(f"{PROVIDER}:{model}")
    known = _PRICES.get(model) if url == OPENAI else None
    minute = known if own is None else own
    if minute is None:
        return Cost()
    amount = minute * Decimal(str(round(seconds, 3))) / 60
    return Cost(amount, "per minute of audio" if own is None else PRICES_FILE)


def _joined(tail: Samples, window: Samples) -> Samples:
    import numpy as np

    return np.concatenate([tail, window])


def _unmarked(segment: Segment, usual: str) -> Segment:
    other = None if segment.language in (usual, UNKNOWN) else segment.language
    return segment.model_copy(update={"language": other})
