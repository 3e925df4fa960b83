"""Names that were nearly heard: spelled as the title and the show notes spell them.

A near miss is repaired only where it is written as a name, and is nearer to the name than other people's names are:
one letter in seven. How a name sounds is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.language.spelling import Spelled, shared, spelled, text_of
from ragtime_assets.domain.language.words import letters

_NEAR = 86.0
_LONG = 10
"""Letters of a name that may begin with another letter than it was heard."""
_SHORTEST_ALONE = 6
"""Letters of a part of a name that is known without the rest of it."""
_PARTICLES = frozenset(["al", "bin", "da", "de", "del", "der", "di", "dos", "du", "el", "la", "le", "van", "von", "y"])
_CORE = re.compile(r"^(\W*)(.*?)((?:['\u2019]s?)?\W*)$", re.DOTALL)
_BREAKS = re.compile(r"[.,;:!?\u2026]")


class _Name(NamedTuple):
    """A name, or the last part of one, as it is written and as it is compared."""

    parts: tuple[str, ...]
    letters: str


@dataclass(frozen=True)
class _Heard:
    """A word as it is compared: its letters, what is around them, whether it is written as a name."""

    before: str
    core: str
    after: str
    letters: str

    @property
    def is_name(self) -> bool:
        return self.core[:1].isupper() or self.letters in _PARTICLES


def with_names(segments: Sequence[Segment], names: Sequence[str]) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """The segments with near misses of `names` repaired, times kept; and a note when there were any."""
    known = _known(names)
    repaired, count = list[Segment](), 0
    for segment in segments:
        words, changes = _repaired(spelled(segment), known) if known and segment.words else ([], 0)
        count += changes
        if changes:
            update = {"text": text_of(words), "words": tuple(word for _, word in words)}
            segment = segment.model_copy(update=update)  # noqa: PLW2901 - the same, better spelled
        repaired.append(segment)
    note = f"{plural(count, 'name')} spelled as in the title and the show notes"
    return tuple(repaired), (note,) if count else ()


def _known(names: Sequence[str]) -> tuple[_Name, ...]:
    """The names, the longest first, then the parts of them that are known alone."""
    split = [tuple(name.split()) for name in names if letters(name)]
    whole = sorted({_Name(parts, letters("".join(parts))) for parts in split}, key=lambda name: -len(name.letters))
    alone = dict.fromkeys(_Name((part,), letters(part)) for parts in split if len(parts) > 1 for part in parts)
    return (*whole, *(name for name in alone if len(name.letters) >= _SHORTEST_ALONE))


def _repaired(words: list[Spelled], known: Sequence[_Name]) -> tuple[list[Spelled], int]:
    done, at, changes = list[Spelled](), 0, 0
    heard = [_heard(word) for _, word in words]
    starts = [place == 0 or bool(_BREAKS.search(heard[place - 1].after)) for place in range(len(words))]
    while at < len(words):
        found = _match(heard, at, known, opens=starts[at])
        if found is None:
            done.append(words[at])
            at += 1
            continue
        name, length = found
        spoken = words[at : at + length]
        if "".join(one.core for one in heard[at : at + length]) != "".join(name.parts):
            spoken = _respelled(spoken, heard[at : at + length], name)
            changes += 1
        done += spoken
        at += length
    return done, changes


def _match(heard: Sequence[_Heard], at: int, known: Sequence[_Name], *, opens: bool) -> tuple[_Name, int] | None:
    """The name that is said from `at` on, and in how many words; an exact one comes before a near one."""
    windows = [(name, length) for name in known for length in _lengths(name) if _could_be(heard, at, length)]
    near: tuple[_Name, int] | None = None
    for name, length in windows:
        sound = "".join(one.letters for one in heard[at : at + length])
        if sound == name.letters:
            return name, length
        alone = len(name.parts) == 1
        # A sentence begins with a capital, name or not.
        if near is None and not (alone and opens) and _is_near(sound, name.letters):
            near = name, length
    return near


def _lengths(name: _Name) -> tuple[int, ...]:
    """In how many words a name may be heard."""
    parts = len(name.parts)
    return (parts,) if parts == 1 else (parts, parts + 1, parts - 1)


def _could_be(heard: Sequence[_Heard], at: int, length: int) -> bool:
    """Whether these words are written as one name: capitals throughout, and no mark between them."""
    window = heard[at : at + length]
    whole = len(window) == length and all(one.letters and one.is_name for one in window)
    return whole and window[0].core[:1].isupper() and not any(_BREAKS.search(one.after) for one in window[:-1])


def _is_near(sound: str, name: str) -> bool:
    from rapidfuzz.fuzz import ratio

    begins_alike = sound[:1] == name[:1] or len(name) >= _LONG
    return begins_alike and ratio(sound, name, score_cutoff=_NEAR) > 0


def _respelled(spoken: list[Spelled], heard: Sequence[_Heard], name: _Name) -> list[Spelled]:
    """The name in place of what was heard; as many words keep their times, others share them."""
    texts = [*name.parts]
    texts[0], texts[-1] = heard[0].before + texts[0], texts[-1] + heard[-1].after
    if len(texts) == len(spoken):
        return [
            Spelled(gap, word.model_copy(update={"text": text}))
            for (gap, word), text in zip(spoken, texts, strict=True)
        ]
    words = shared(texts, spoken[0].word.start, spoken[-1].word.end)
    return [Spelled(spoken[0].gap if place == 0 else " ", word) for place, word in enumerate(words)]


def _heard(word: Word) -> _Heard:
    found = _CORE.match(word.text)
    before, core, after = found.groups() if found else ("", word.text, "")
    return _Heard(before, core, after, letters(core))
