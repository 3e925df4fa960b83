"""Who speaks, where captions say it in front of the words, as in `Clara: Welcome`, or above them: `Clara  0:12`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ragtime_assets.adapters.captions.cues import CLOCK, Cue

_NAME = r"(?:[A-Z\u00c0-\u00de][\w.'\u2019-]*|\d+)"
_NAMES = rf"{_NAME}(?: {_NAME}){{0,3}}"
_LABEL = re.compile(rf"(?:[-\u2013]\s*)?({_NAMES}):(?:\s+|$)")
_PROSE_LABEL = re.compile(rf"(?:[-\u2013]\s*)?({_NAMES}) ?:(?:\s+|$)")
"""With the space that French has before every colon; captions break off anywhere, and it proves nothing in them."""
_ABOVE = re.compile(rf"(?!\d)({_NAMES})\s+[(\[]?{CLOCK}[)\]]?:?$")

Line = tuple[str | None, str]
"""Who says it, if the file marks that, and what."""


def labelled(cues: list[Cue]) -> Iterator[Cue]:
    """Speakers from "Name: " at the start of cues, kept until the next name; only where nothing else names them."""
    if any(cue.speaker or cue.words for cue in cues):
        yield from cues
        return
    lines = [(None, cue.text) for cue in cues]
    for cue, (speaker, text) in zip(cues, _told(lines, _LABEL), strict=True):
        if text:
            yield cue._replace(text=text, speaker=speaker)


def by_label(lines: Sequence[Line]) -> Iterator[Line]:
    """Who says each line of prose, without the name before it; a name holds until the next."""
    return _told(lines, _PROSE_LABEL)


def begins_with_label(text: str) -> bool:
    """Whether a line of prose begins as one does in front of which stands who says it."""
    return _PROSE_LABEL.match(text) is not None


def named_above(line: str) -> str | None:
    """Who speaks below a line that has a name, a clock and nothing else."""
    above = _ABOVE.match(line)
    return above[1] if above else None


def _told(lines: Sequence[Line], pattern: re.Pattern[str]) -> Iterator[Line]:
    labels = [pattern.match(text) for _, text in lines]
    names = _names([label and label[1] for label in labels])
    speaker: str | None = None
    for (named, text), label in zip(lines, labels, strict=True):
        believed = label if label and label[1] in names else None
        speaker = believed[1] if believed else named or speaker
        yield speaker, text[believed.end() :] if believed else text


def _names(labels: Sequence[str | None]) -> frozenset[str]:
    """The labels that are speakers: they come again, open the file, or have the shape of a full name."""
    seen = Counter(label for label in labels if label)
    return frozenset(label for label, times in seen.items() if times > 1 or label == labels[0] or " " in label)
