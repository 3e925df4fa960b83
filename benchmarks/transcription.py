"""How well, how fast and in how much memory speech is heard.

    python benchmarks/transcription.py              word error rate and speed on the sample show
    python benchmarks/transcription.py --names      the same, with the names of title and speakers as hints
    python benchmarks/transcription.py --minutes 60 speed and memory on an hour of it, looped

Each call is a fresh process, so its peak memory is the engine's.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from importlib import resources
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ragtime_assets.adapters.audio_probe import AvAudioProbe
from ragtime_assets.adapters.whisper import WhisperTranscriber
from ragtime_assets.domain.episode_details import EpisodeDetails, Person, Source
from ragtime_assets.domain.transcript import Transcript
from ragtime_assets.phases.transcript import names
from ragtime_assets.ports import Hints
from ragtime_assets.samples.server import EPISODES, REFERENCE, sample

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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name}: {transcript.duration:.0f} s of audio, {wer}{seconds:.1f} s "
        f"(RTF {seconds / transcript.duration:.3f}), {len(transcript.segments)} segments, peak RSS {peak:.0f} MB"
    )


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, help="loop the first episode to this length")
    parser.add_argument("--names", action="store_true", help="give the names in titles as hints")
    asked = parser.parse_args()
    if asked.minutes:
        measure_length(asked.minutes)
        return
    listen_once_to_load_the_model()
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
        hints = Hints(names=names(details) if asked.names else ())
        with resources.as_file(resources.files("ragtime_assets.samples") / episode.audio.removeprefix("/")) as path:
            transcript, seconds = listen(path, hints)
        report(episode.slug, transcript, seconds, word_error_rate(transcript.text, REFERENCE[episode.slug]))


def measure_length(minutes: int) -> None:
    """Listen to the first episode again and again; MP3 frames may simply be joined."""
    once = sample(EPISODES[0].audio)
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        path = Path(file.name)
        path.write_bytes(once)
        path.write_bytes(once * max(1, round(minutes * 60 / AvAudioProbe().probe(path).duration)))
        transcript, seconds = listen(path, Hints())
    report(f"looped to {minutes} minutes", transcript, seconds, None)


def listen_once_to_load_the_model() -> None:
    """Loading the model is not listening."""
    from ragtime_assets.adapters.whisper import BUNDLED, load_model

    started = time.perf_counter()
    load_model(BUNDLED)
    print(f"model loaded in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
