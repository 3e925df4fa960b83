"""The transcription endpoint, played by a real local server that knows what it was sent."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.audio.probe import AvAudioProbe
from ragtime_assets.adapters.audio.stream import SAMPLE_RATE
from ragtime_assets.adapters.speech.openai_transcriber import OPENAI, OpenAITranscriber
from ragtime_assets.adapters.speech.passed_over import PASSED_OVER
from ragtime_assets.adapters.speech.transcription_endpoint import TranscriptionEndpoint
from ragtime_assets.adapters.speech.verbose_json import UNCLEAR, Answer, heard_in, language_of, read_answer
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.ledger import SqlLedger
from ragtime_assets.domain.artifacts.transcript import LeftOut, Segment, Transcript
from ragtime_assets.domain.language.credits import CREDIT
from ragtime_assets.domain.language.repetition import LOOP
from ragtime_assets.domain.language.stitching import stitched
from ragtime_assets.domain.money.spending import Budget, Payer
from ragtime_assets.errors import (
    BudgetSpent,
    ConfigurationError,
    NoSpeech,
    OutputInvalid,
    PermanentError,
    RagtimeError,
    SourceUnavailable,
    TimedOut,
    TooLarge,
)
from ragtime_assets.ports import Account, Hints
from ragtime_assets.samples.server import sample
from ragtime_assets_tests.fakes import FakeJournal, FakeLedger, FakeProgress

KEY = "sk-hunter2"
BEAT = 2.0
"""Seconds between the words that the server hears."""


@dataclass
class Endpoint:
    """Hears the words `word0 word1 ...`, one per beat of the recording, wherever in it the sound begins."""

    server: HTTPServer
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    refusals: list[Response | None] = field(default_factory=list)
    """What comes instead of an answer, call by call; None lets one through."""
    answers: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    language: str = "english"

    def __post_init__(self) -> None:
        self.server.expect_request("/v1/audio/transcriptions", method="POST").respond_with_handler(self._hear)

    def _hear(self, request: Request) -> Response:
        self.forms.append({name: request.form.getlist(name) for name in request.form})
        self.keys.append(request.headers.get("Authorization"))
        upload = request.files["file"]
        self.uploads.append((upload.filename or "", upload.read()))
        if self.refusals and (refusal := self.refusals.pop(0)):
            return refusal
        if self.answers:
            return Response(self.answers.pop(0), content_type="application/json")
        return Response(json.dumps(self._heard(self.uploads[-1][1])), content_type="application/json")

    def _heard(self, upload: bytes) -> dict[str, Any]:
        """A beep says how late in the recording it is by its pitch."""
        with av.open(io.BytesIO(upload)) as container:
            cutter = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
            parts = [part for frame in container.decode(audio=0) for part in cutter.resample(frame)]
        sound = np.concatenate([part.to_ndarray().reshape(-1) for part in parts])
        words = []
        for at in range(0, len(sound) - SAMPLE_RATE // 4, SAMPLE_RATE // 4):
            piece = sound[at : at + SAMPLE_RATE // 4]
            if np.abs(piece).mean() > 0.05 and not (words and at / SAMPLE_RATE - words[-1]["start"] < 1):
                spectrum = np.abs(np.fft.rfft(piece))
                number = round((np.argmax(spectrum) * 4 - 400) / 40)
                words.append({"word": f"word{number}", "start": at / SAMPLE_RATE, "end": at / SAMPLE_RATE + 0.5})
        segments = [
            {"start": word["start"], "end": word["end"], "text": f" {word['word']}.", "avg_logprob": -0.2}
            for word in words
        ]
        return {"language": self.language, "segments": segments, "words": words, "text": ""}


@pytest.fixture
def endpoint(httpserver: HTTPServer) -> Endpoint:
    return Endpoint(httpserver)


def beeps(path: Path, seconds: float) -> Path:
    """Half a second of a pitch every two seconds, silence between: each beep has its own pitch."""
    sound = np.zeros(round(seconds * SAMPLE_RATE))
    moments = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    for number in range(int(seconds / BEAT)):
        at = round(number * BEAT * SAMPLE_RATE)
        sound[at : at + len(moments)] = 0.5 * np.sin(2 * np.pi * (400 + 40 * number) * moments)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((sound * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture
def hear(endpoint: Endpoint, tmp_path: Path) -> Callable[..., Transcript]:
    def listen(
        seconds: float = 8.0,
        hints: Hints = Hints(),  # noqa: B008 - frozen
        journal: FakeJournal | None = None,
        account: Account | None = None,
        path: Path | None = None,
        **options: Any,
    ) -> Transcript:
        path = path or beeps(tmp_path / "beeps.wav", seconds)
        at = TranscriptionEndpoint(endpoint.server.url_for("/v1"), "whisper-1", KEY, "ragtime-assets/test")
        transcriber = OpenAITranscriber(at, wait=endpoint.waits.append, **options)
        return transcriber.transcribe(path, AvAudioProbe().probe(path), hints, FakeProgress(), journal, account)

    return listen


def error_of(status: int, message: str = "no", **more: Any) -> Response:
    headers = more.pop("headers", {})
    return Response(json.dumps({"error": {"message": message, **more}}), status, headers)


def words_of(transcript: Transcript) -> list[str]:
    return [word.text for segment in transcript.segments for word in segment.words]


def test_the_words_come_back_with_their_times_and_the_marks_of_the_text(
    endpoint: Endpoint, hear: Callable[..., Transcript]
) -> None:
    transcript = hear()

    assert words_of(transcript) == ["word0.", "word1.", "word2.", "word3."]
    starts = [segment.start for segment in transcript.segments]
    assert starts == pytest.approx([0, 2, 4, 6], abs=0.3)
    assert (transcript.language, transcript.timing_source, transcript.engine) == ("en", "audio", "openai whisper-1")


def test_only_what_the_endpoint_takes_is_sent(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    hear(hints=Hints(language="en-US", names=("Clara Wells", "Martin Reed")))

    assert endpoint.forms == [
        {
            "model": ["whisper-1"],
            "response_format": ["verbose_json"],
            "timestamp_granularities[]": ["word", "segment"],
            "language": ["en"],
            "prompt": ["Clara Wells, Martin Reed"],
        }
    ]
    assert endpoint.keys == [f"Bearer {KEY}"]


def test_a_large_file_goes_as_opus(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    hear()

    ((name, body),) = endpoint.uploads
    assert (name, body[:4]) == ("audio.ogg", b"OggS")
    assert len(body) < 8 * 4_000


def test_a_file_that_is_smaller_than_its_opus_goes_as_it_is(
    endpoint: Endpoint, hear: Callable[..., Transcript], tmp_path: Path
) -> None:
    path = tmp_path / "small.mp3"
    with av.open(str(beeps(tmp_path / "b.wav", 8))) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = 16_000
        for frame in source.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))

    hear(path=path)

    assert endpoint.uploads == [("audio.mp3", path.read_bytes())]


def test_long_audio_goes_in_parts_whose_overlap_counts_once(
    endpoint: Endpoint, hear: Callable[..., Transcript]
) -> None:
    transcript = hear(60.0, part_seconds=25)

    assert len(endpoint.uploads) == 3
    assert words_of(transcript) == [f"word{number}." for number in range(30)]
    starts = [segment.start for segment in transcript.segments]
    assert starts == pytest.approx([number * BEAT for number in range(30)], abs=0.3)


def test_no_part_is_larger_than_the_endpoint_takes(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    transcript = hear(60.0, most_bytes=100_000)

    assert len(endpoint.uploads) > 2
    assert all(len(body) <= 100_000 for _, body in endpoint.uploads)
    assert words_of(transcript) == [f"word{number}." for number in range(30)]


def test_after_a_failure_no_part_is_paid_twice(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    journal, ledger = FakeJournal(), FakeLedger()
    account = Account(ledger, Payer("key", "transcript", "run"))
    endpoint.refusals = [None, None, error_of(400)]
    with pytest.raises(PermanentError):
        hear(60.0, part_seconds=25, journal=journal)
    endpoint.uploads.clear()

    again = hear(60.0, part_seconds=25, journal=journal, account=account)

    assert len(endpoint.uploads) == 1
    assert words_of(again) == [f"word{number}." for number in range(30)]
    assert [settled.outcome for settled in ledger.settled.values()] == ["replayed", "replayed", "ok"]


def test_the_ledger_knows_the_seconds_and_no_price_that_nobody_knows(
    endpoint: Endpoint, hear: Callable[..., Transcript]
) -> None:
    ledger = FakeLedger()

    hear(account=Account(ledger, Payer("key", "transcript", "run")))

    assert [(call.provider, call.model, call.is_priced) for call in ledger.opened] == [("openai", "whisper-1", False)]
    assert ledger.settled[1].audio_seconds == pytest.approx(8, abs=0.1)
    assert ledger.settled[1].cost.amount is None
    assert float(ledger.opened[0].charge) == float(ledger.settled[1].charge) == pytest.approx(8 / 60 / 100, abs=0.001)


def test_a_price_of_the_user_s_own_is_what_hearing_costs(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    ledger = FakeLedger()

    hear(account=Account(ledger, Payer("key", "transcript", "run")), prices={"openai:whisper-1": Decimal(0)})

    assert [(call.charge, call.is_priced) for call in ledger.opened] == [(0, True)]
    assert (ledger.settled[1].cost.amount, ledger.settled[1].cost.source) == (0, "prices file")


def test_speech_without_a_price_is_refused_when_the_budget_is_spent(
    endpoint: Endpoint, hear: Callable[..., Transcript], sqlite_url: str
) -> None:
    database = Database(sqlite_url)
    account = Account(SqlLedger(database, Budget(per_day=Decimal("0.001"))), Payer("key", "transcript", "run"))

    with pytest.raises(BudgetSpent, match="100 minutes of speech count as one dollar"):
        hear(account=account)

    assert endpoint.uploads == []
    database.close()


def test_openai_s_own_price_is_reserved_before_the_call(tmp_path: Path) -> None:
    class Empty(FakeLedger):
        def open(self, call: Any) -> int:
            super().open(call)
            raise BudgetSpent("no more")

    ledger, path = Empty(), beeps(tmp_path / "b.wav", 60)
    transcriber = OpenAITranscriber(TranscriptionEndpoint(OPENAI, "whisper-1", KEY, "test"))
    account = Account(ledger, Payer("key", "transcript", "run"))

    with pytest.raises(BudgetSpent):
        transcriber.transcribe(path, AvAudioProbe().probe(path), Hints(), FakeProgress(), None, account)

    assert ledger.opened[0].charge == Decimal("0.006")


def test_a_busy_server_is_asked_again_when_it_says(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    ledger = FakeLedger()
    endpoint.refusals = [error_of(429, headers={"Retry-After": "7"}), error_of(503)]

    hear(account=Account(ledger, Payer("key", "transcript", "run")))

    assert len(endpoint.uploads) == 3
    assert endpoint.waits[0] == 7
    assert [settled.outcome for settled in ledger.settled.values()] == ["failed", "failed", "ok"]
    assert ledger.settled[1].charge == 0


def test_after_three_attempts_it_is_given_up_for_now(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    endpoint.refusals = [error_of(500), error_of(500), error_of(500)]

    with pytest.raises(SourceUnavailable, match="500"):
        hear()


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        (error_of(401, f"Incorrect API key provided: {KEY}"), ConfigurationError, "RAGTIME_TRANSCRIPTION_API_KEY"),
        (error_of(403, f"{KEY} may not"), ConfigurationError, "RAGTIME_TRANSCRIPTION_API_KEY"),
        (error_of(404, "no such model"), ConfigurationError, "RAGTIME_TRANSCRIPTION_MODEL"),
        (Response("", 307, {"Location": "http://elsewhere.example/"}), ConfigurationError, "RAGTIME_TRANSCRIPTION_URL"),
        (error_of(400, f"cannot read {KEY}"), PermanentError, "RAGTIME_TRANSCRIPTION_MODEL"),
        (error_of(413), TooLarge, ""),
        (error_of(429, "quota", code="insufficient_quota"), BudgetSpent, "Top up"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_repeated(
    endpoint: Endpoint, hear: Callable[..., Transcript], refusal: Response, kind: type[RagtimeError], words: str
) -> None:
    endpoint.refusals = [refusal]

    with pytest.raises(kind) as raised:
        hear()

    assert words in raised.value.remedy
    assert KEY not in f"{raised.value!r} {raised.value.remedy} {raised.value.details}"
    assert len(endpoint.uploads) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "<html>busy</html>",
        '{"text": "only text"}',
        '{"segments": [{"start": 0, "end": 9000, "text": "late"}]}',
        '{"segments": [{"start": 5, "end": 6, "text": "b"}, {"start": 1, "end": 2, "text": "a"}]}',
        '{"segments": [{"start": NaN, "end": 1, "text": "a"}]}',
    ],
)
def test_an_answer_that_is_none_is_refused_and_never_replayed(
    endpoint: Endpoint, hear: Callable[..., Transcript], answer: str
) -> None:
    journal, ledger = FakeJournal(), FakeLedger()
    endpoint.answers = [answer]

    with pytest.raises(OutputInvalid):
        hear(journal=journal, account=Account(ledger, Payer("key", "transcript", "run")))

    assert (journal.kept, journal.rejected, ledger.rejected) == ({}, ["part 0"], [1])


def test_a_web_page_where_an_api_was_expected_names_its_address(
    endpoint: Endpoint, hear: Callable[..., Transcript]
) -> None:
    endpoint.answers = ["<!doctype html><h1>Welcome</h1>"]

    with pytest.raises(OutputInvalid, match="a web page came") as raised:
        hear()

    assert "RAGTIME_TRANSCRIPTION_URL" in raised.value.remedy


def test_an_answer_without_words_has_none(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    endpoint.answers = ['{"language": "english", "segments": []}']

    with pytest.raises(NoSpeech):
        hear()


def test_a_server_that_hangs_up_is_a_transient_failure(tmp_path: Path) -> None:
    path = beeps(tmp_path / "b.wav", 4)
    waits: list[float] = []
    at = TranscriptionEndpoint("http://127.0.0.1:1/v1", "whisper-1", None, "test")

    with pytest.raises((SourceUnavailable, TimedOut)):
        OpenAITranscriber(at, wait=waits.append).transcribe(path, AvAudioProbe().probe(path), Hints(), FakeProgress())
    assert len(waits) == 2


def test_parts_in_another_language_are_marked(endpoint: Endpoint, hear: Callable[..., Transcript]) -> None:
    endpoint.answers = [
        json.dumps({"language": "german", "segments": [{"start": 1, "end": 2, "text": "Guten Abend."}]}),
    ]

    transcript = hear(40.0, part_seconds=25)

    assert transcript.language == "en"
    assert transcript.segments[0].language == "de"
    assert {segment.language for segment in transcript.segments[1:]} == {None}


def test_the_key_is_in_no_repr() -> None:
    assert KEY not in repr(OpenAITranscriber(TranscriptionEndpoint(OPENAI, "whisper-1", KEY, "test")))


def answered(text: str, *words: str, **more: Any) -> Answer:
    segment = {"start": 0, "end": 10, "text": text, **more}
    heard = [{"word": word, "start": place, "end": place + 0.5} for place, word in enumerate(words)]
    return read_answer(json.dumps({"segments": [segment], "words": heard or None}), 10)


def pieces_of(answer: Answer) -> Iterator[tuple[str, float, bool]]:
    return ((word.text, word.start, word.interpolated) for one in heard_in(answer, 100.0)[0] for word in one.words)


def test_words_are_found_again_in_their_text() -> None:
    said = answered(' "Hello," she said - don\'t (ever) go.', "Hello", "she", "said", "don't", "ever", "go")

    assert [text for text, _, _ in pieces_of(said)] == ['"Hello,"', "she", "said -", "don't", "(ever)", "go."]
    assert heard_in(said, 0)[0][0].text == '"Hello," she said - don\'t (ever) go.'
    assert [start for _, start, _ in pieces_of(said)] == [100, 101, 102, 103, 104, 105]


def test_chinese_words_stay_without_spaces() -> None:
    ((segment,), _) = heard_in(answered("爵士乐,很好。", "爵", "士", "乐", "很", "好"), 0)

    assert segment.text == "爵士乐,很好。"
    assert [word.text for word in segment.words] == ["爵", "士", "乐,", "很", "好。"]


@pytest.mark.parametrize("words", [(), ("something", "else")])
def test_words_that_are_not_there_are_spread_and_marked_so(words: tuple[str, ...]) -> None:
    found = list(pieces_of(answered("Good evening, friends.", *words)))

    assert [text for text, _, _ in found] == ["Good", "evening,", "friends."]
    assert all(interpolated for _, _, interpolated in found)


@pytest.mark.parametrize(
    ("text", "doubt", "why"),
    [
        ("Thanks for watching!", {"no_speech_prob": 0.9, "avg_logprob": -0.7}, UNCLEAR),
        ("Thanks for watching!", {"avg_logprob": -1.4}, UNCLEAR),
        ("Untertitel der Amara.org-Community", {"avg_logprob": -0.1}, CREDIT),
    ],
)
def test_what_nobody_said_is_left_out_with_its_times_and_why(text: str, doubt: dict[str, float], why: str) -> None:
    assert heard_in(answered(text, **doubt), 100.0) == ((), (LeftOut(start=100, end=110, why=why),))


def test_a_loop_that_is_not_sure_is_said_once_and_the_rest_is_told() -> None:
    ((segment,), (missing,)) = heard_in(answered(" ".join(["Thank you very much."] * 9), avg_logprob=-0.6), 0)

    assert segment.text == "Thank you very much."
    assert missing.why == LOOP
    assert (missing.start, missing.end) == (segment.end, 10)


@pytest.mark.parametrize("doubt", [{}, {"avg_logprob": -0.1}])
def test_a_sentence_that_the_engine_does_not_doubt_stays_though_it_is_said_nine_times(doubt: dict[str, float]) -> None:
    said = " ".join(["Thank you very much."] * 9)

    ((segment,), left_out) = heard_in(answered(said, **doubt), 0)

    assert (segment.text, left_out) == (said, ())


@pytest.mark.parametrize(
    ("said", "code"),
    [("english", "en"), ("German", "de"), ("pt-BR", "pt"), ("fr", "fr"), ("klingon", "und"), (None, "und")],
)
def test_languages_are_named_by_two_letters(said: str | None, code: str) -> None:
    assert language_of(Answer(language=said, segments=[])) == code


def sentence(text: str, start: float) -> Segment:
    return Segment(start=start, end=start + 2.0, text=text)


def test_words_that_both_parts_heard_at_slightly_other_times_count_once() -> None:
    first = [sentence("and then he played", 8.0)]
    second = [sentence("he played", 9.4), sentence("the blues", 12.0)]

    joined = " ".join(segment.text for segment in stitched([(0.0, first), (9.0, second)]))

    assert joined == "and then he played the blues"


def test_what_is_said_twice_stays_twice() -> None:
    first, second = [sentence("no", 5.0)], [sentence("no", 9.5)]

    assert len(stitched([(0.0, first), (9.0, second)])) == 2


def test_a_short_sample_is_taken_whole(endpoint: Endpoint, hear: Callable[..., Transcript], tmp_path: Path) -> None:
    path = tmp_path / "episode.m4a"
    path.write_bytes(sample("kind-of-blue.m4a"))
    endpoint.answers = ['{"language": "en", "segments": [{"start": 0, "end": 3, "text": "Which record?"}]}']

    assert hear(path=path).text == "Which record?"
    assert len(endpoint.uploads[0][1]) < len(path.read_bytes())


def test_speech_that_the_endpoint_passes_over_is_told_of(
    endpoint: Endpoint, hear: Callable[..., Transcript], tmp_path: Path
) -> None:
    path = tmp_path / "speech.m4a"
    path.write_bytes(sample("kind-of-blue.m4a"))
    said = [{"start": start, "end": end, "text": " It was said."} for start, end in ((0.0, 60.0), (80.0, 140.0))]
    endpoint.answers.append(json.dumps({"language": "english", "text": "", "segments": said}))
    (missing,) = hear(path=path).left_out
    assert missing.why == PASSED_OVER
    assert 60 <= missing.start < 62
    assert 78 < missing.end <= 80
