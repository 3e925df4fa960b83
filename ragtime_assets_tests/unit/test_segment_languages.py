"""A mixed episode keeps its languages apart, and a plain one is left alone."""

from __future__ import annotations

from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.phases.listening.segment_languages import with_languages
from ragtime_assets.samples.server import EPISODES, REFERENCE
from ragtime_assets_tests.fakes import segments_of

ENGLISH = "So we asked him how the band had come together and what they played in those years"
GERMAN = "Wir haben damals jeden Abend im Keller gespielt und am Morgen sind wir nach Hause gegangen"


class ByFirstWord:
    """Reads a language from the first word of each text, and is as sure as it is told to be."""

    def __init__(self, probability: float = 0.95) -> None:
        self.probability = probability

    def detect(self, text: str) -> tuple[str, float]:
        return text.split()[0].rstrip(".").lower(), self.probability


def languages(segments: tuple[Segment, ...]) -> list[str | None]:
    return [segment.language for segment in segments]


def test_a_stretch_in_another_language_is_marked_and_only_that() -> None:
    mixed = segments_of([ENGLISH] * 8 + [GERMAN] * 8 + [ENGLISH] * 8)

    marked = languages(with_languages(mixed, "en", FastTextLanguageDetector()))

    assert marked == [None] * 8 + ["de"] * 8 + [None] * 8


def test_the_sample_show_with_its_french_names_is_in_one_language() -> None:
    words = REFERENCE[EPISODES[0].slug].split()
    segments = segments_of([" ".join(words[start : start + 9]) for start in range(0, len(words), 9)])

    assert set(languages(with_languages(segments, "en", FastTextLanguageDetector()))) == {None}


def test_a_doubtful_or_short_stretch_stays_in_the_language_before_it() -> None:
    long = segments_of(["de " + "wort " * 9] * 8)

    assert set(languages(with_languages(long, "en", ByFirstWord(0.6)))) == {None}
    assert set(languages(with_languages(segments_of(["de wort"]), "en", ByFirstWord()))) == {None}
    assert set(languages(with_languages(long, "en", ByFirstWord()))) == {"de"}


def test_a_stretch_begins_where_somebody_else_begins_to_speak() -> None:
    first = [one.model_copy(update={"speaker": "Ann"}) for one in segments_of(["en " + "word " * 9] * 5)]
    then = [one.moved(20).model_copy(update={"speaker": "Bo"}) for one in segments_of(["de " + "wort " * 9] * 4)]

    assert languages(with_languages((*first, *then), "en", ByFirstWord())) == [None] * 5 + ["de"] * 4


def test_what_an_engine_marked_wrongly_is_unmarked() -> None:
    (wrong,) = segments_of(["en word"])

    assert languages(with_languages((wrong.model_copy(update={"language": "fr"}),), "en", ByFirstWord())) == [None]
