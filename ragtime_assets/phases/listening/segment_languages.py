"""In which language each stretch is, for episodes that mix them: told by the text, and slow to change its mind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.language.tags import reads_alike
from ragtime_assets.domain.language.words import count_words
from ragtime_assets.ports import LanguageDetector

_SECONDS = 30.0
_FEWEST_WORDS = 20
_SURE = 0.85
"""How sure another language must be; names and titles alone make a text look foreign."""


def with_languages(segments: Sequence[Segment], language: str, detector: LanguageDetector) -> tuple[Segment, ...]:
    """The segments, those of stretches in another language than `language` marked with theirs."""
    marked: list[Segment] = []
    current = language
    for stretch in _stretches(segments):
        current = _language(stretch, current, language, detector)
        other = None if current == language else current
        marked += [one if one.language == other else one.model_copy(update={"language": other}) for one in stretch]
    return tuple(marked)


def _language(stretch: Sequence[Segment], current: str, usual: str, detector: LanguageDetector) -> str:
    """What the stretch is in: what it was before, unless the text is long and clear; back home is easier."""
    text = " ".join(segment.text for segment in stretch)
    told, probability = detector.detect(text)
    if reads_alike(told, usual):
        return usual
    clear = probability >= _SURE and count_words(text) >= _FEWEST_WORDS
    return told if clear else current


def _stretches(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """About thirty seconds each, cut where somebody else begins to speak when that is possible."""
    stretch: list[Segment] = []
    for segment in segments:
        long_enough = bool(stretch) and segment.start - stretch[0].start >= _SECONDS
        changes = bool(stretch) and segment.speaker != stretch[-1].speaker
        if long_enough or (changes and segment.start - stretch[0].start >= _SECONDS / 2):
            yield stretch
            stretch = []
        stretch.append(segment)
    if stretch:
        yield stretch
