"""Who speaks, where captions say it in front of the words, as in `Clara: Welcome`, or above them: `Clara  0:12`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ragtime_assets.adapters.captions.cues import CLOCK, Cue

_NAME = r"(?:[^\W\d_][\w.'\u2019\u00b7\u30fb-]*|\d+)"
"""A word in any script; in those that have capitals it begins with one (`_is_name`)."""
_NAMES = rf"{_NAME}(?: {_NAME}){{0,3}}"
_COLON = r"(?::(?:\s+|$)|\uff1a\s*)"
"""The wide colon of Chinese and Japanese has no space behind it."""
_LABEL = re.compile(rf"(?:[-\u2013]\s*)?({_NAMES}){_COLON}")
_PROSE_LABEL = re.compile(rf"(?:[-\u2013]\s*)?({_NAMES}) ?{_COLON}")
"""With the space that French has before every colon; captions break off anywhere, and it proves nothing in them."""
_ABOVE = re.compile(rf"(?!\d)({_NAMES})\s+[(\[]?{CLOCK}[)\]]?:?$")

_THROUGHOUT = 0.2
"""The part of the lines that begin with a label where labels can be told by nothing else."""

_FEW = 2
"""Labels of which each stands once, and the first still opens the file."""
_NUMBERED = re.compile(r"([^\W\d_]+)[_-]?\d{1,3}")
_PLACES = frozenset({"from", "of", "aus", "and", "und"})
_PARTICLES = _PLACES | {
    *("von", "van", "der", "den", "dem", "ter", "ten", "zu", "zur", "de", "del", "della", "di", "da", "do", "dos"),
    *("du", "la", "le", "y", "e", "al", "bin", "ibn"),
}
"""Small words that stand in names, and in how callers are called."""

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
    return _matched(_PROSE_LABEL, text) is not None


def named_above(line: str) -> str | None:
    """Who speaks below a line that has a name, a clock and nothing else."""
    above = _matched(_ABOVE, line)
    return above[1] if above else None


def _told(lines: Sequence[Line], pattern: re.Pattern[str]) -> Iterator[Line]:
    labels = [_matched(pattern, text) for _, text in lines]
    names = _names([label and label[1] for label in labels])
    speaker: str | None = None
    for (named, text), label in zip(lines, labels, strict=True):
        believed = label if label and label[1] in names else None
        speaker = believed[1] if believed else named or speaker
        yield speaker, text[believed.end() :] if believed else text


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match, if what it takes for a name is one: only words such as “von” in it begin with a small letter."""
    found = pattern.match(text)
    if not found:
        return None
    words = found[1].split()
    small = [word for word in words[1:-1] if word[0].islower()]
    has_capitals = not words[0][0].islower() and not words[-1][0].islower()
    return found if has_capitals and _PARTICLES.issuperset(small) else None


def _names(labels: Sequence[str | None]) -> frozenset[str]:
    """The labels that are speakers: they come again, open the file, or have the shape of a full name.

    Where several labels stand and none comes again, as in a recipe, the first is no speaker either; a word with a
    number is one where the word comes again, as in "Speaker 3". Without capitals "he said:" has that shape too, so
    there the file must have labels throughout.
    """
    seen = Counter(label for label in labels if label)
    again = {label for label, times in seen.items() if times > 1}
    opens = {label for label in labels[:1] if label and (again or len(seen) <= _FEW)}
    names = again | opens
    uncased = {label for label in seen if label.lower() == label.upper() and not label.isdigit()}
    if sum(seen[label] for label in uncased) < _THROUGHOUT * len(labels):
        names -= uncased
    kinds = {label.split()[0] for label in again if " " in label}
    counted = {kind for label in again if (kind := _kind(label))}
    names |= {label for label in seen if _kind(label) in counted}
    full = {label for label in seen if " " in label and (_is_full_name(label) or label.split()[0] in kinds)}
    return frozenset(names | full - uncased)


def _kind(label: str) -> str | None:
    """What several are called of whom each has a number, as in SPEAKER_01 and Host2; None for other labels."""
    found = _NUMBERED.fullmatch(label)
    return found[1] if found else None


def _is_full_name(label: str) -> bool:
    return not any(word in _PLACES or word[0].isdigit() for word in label.split())
