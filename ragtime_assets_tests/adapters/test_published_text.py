"""Real weights on real speech, and the text that it was read from: the transcript gets better, its times stay."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from ragtime_assets.adapters.audio.probe import AvAudioProbe
from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, samples
from ragtime_assets.adapters.captions.reader import PublisherCaptionReader
from ragtime_assets.adapters.speech.whisper import WhisperTranscriber
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.language.words import letters
from ragtime_assets.phases.listening.published_text import PublishedText, as_published
from ragtime_assets.ports import Hints
from ragtime_assets.samples.server import sample

SECONDS = 30
LAST_WORDS = "taught himself the violin."
"""Where in the sample's text these seconds end."""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Transcript:
    """The opening of an episode full of names, as Whisper hears it without help."""
    folder = tmp_path_factory.mktemp("speech")
    whole, opening = folder / "episode.mp3", folder / "opening.wav"
    whole.write_bytes(sample("hot-club-of-paris.mp3"))
    sound = np.concatenate(list(samples(whole)))[: SECONDS * SAMPLE_RATE]
    with wave.open(str(opening), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
    facts = AvAudioProbe().probe(opening)
    return WhisperTranscriber().transcribe(opening, facts, Hints(), lambda done, total, doing: None)


def published() -> str:
    """What the sample's publisher has of these seconds: speakers, headings, no times."""
    text = sample("hot-club-of-paris.txt").decode()
    return text[: text.index(LAST_WORDS) + len(LAST_WORDS)]


def errors(transcript: Transcript) -> float:
    """The word error rate."""
    spoken = " ".join(line.partition(": ")[2] for line in published().splitlines() if not line.startswith("#"))
    truth = [letters(word) for word in spoken.split()]
    said = [letters(word) for word in transcript.text.split()]
    return Levenshtein.distance(said, truth) / len(truth)


def test_the_publisher_s_text_makes_a_transcript_better_and_leaves_its_times(heard: Transcript) -> None:
    document = Document("http://show.example/1.txt", published().encode(), "text/plain")
    text = PublishedText(document.url, PublisherCaptionReader().paragraphs(document))

    result = as_published(heard, [text], lambda what: None)

    assert result.engine == "whisper base int8 + publisher text"
    assert errors(result) < errors(heard)
    assert {"Clara", "Martin"} <= {segment.speaker for segment in result.segments}
    assert "Two players backstage" not in result.text
    times = {word.start for segment in heard.segments for word in segment.words}
    kept = [word for segment in result.segments for word in segment.words if not word.interpolated]
    assert kept
    assert {word.start for word in kept} <= times
