"""Compares captions with what is heard in a few short stretches: do they say the same, and at the same time?

Inserted advertisements move the audio against the published times. A constant move is measured; one that
changes from stretch to stretch is not repaired. Where captions are silent for long it is listened too: a tune is no
fault of theirs, speech is. Pure rules; who listens is the caller's business.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain
from statistics import median

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.words import letters, run_together, signs
from ragtime_assets.phases.listening.captions_trust import Gap

SECONDS = 9.5
"""How long a stretch is: three of them, with pauses, fill the thirty seconds that Whisper always computes."""
MOST_OFFSET = 300.0
"""How far, in seconds, captions are looked for from where they should be."""
_PLACES = (0.1, 0.5, 0.9)
_NEARBY = 60.0
"""How far, in seconds, a stretch may be from its place, to be where captions have words."""
_AGREEMENT = 0.5
"""The part of the heard words that must be in the captions; names misheard and fillers left out are the rest."""
_FEWEST_WORDS = 5
_MOST_GAPS = 6
_WORDS_TOLD = 8
_STEADY = 1.5
"""By how many seconds the measured offsets may differ."""
_ON_TIME = 0.75
"""An offset below this is how captions are spread over their cues, not a move."""
_SLIP = 3
_CANDIDATES = 3

Token = tuple[str, float]
"""A word as it is compared, and when it starts."""


@dataclass(frozen=True)
class Found:
    """One stretch: how many words were heard, what part of them the captions have, and how much later."""

    start: float
    words: int
    agreement: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """Whether captions can be trusted: `problem` in words, or the offset to move them by, 0 for none."""

    problem: str | None = None
    offset: float = 0.0


def stretches(segments: Sequence[Segment], duration: float) -> list[float]:
    """Where to listen: starts of cues, spread over the file, in stretches where the captions have most words."""
    starts = sorted(word.start for segment in segments for word in segment.words)
    latest = max(0.0, duration - SECONDS)
    chosen: list[float] = []
    for place in _PLACES:
        target = place * latest
        free = chosen[-1] + SECONDS if chosen else 0.0
        reach = min(_NEARBY, duration * 0.08)
        possible = [one.start for one in segments if free <= one.start <= latest]
        middle = min(possible, key=lambda start: abs(start - target), default=target)
        if abs(middle - target) <= reach:
            middle = target
        near = [start for start in possible if abs(start - middle) <= reach]
        if near:
            chosen.append(max(near, key=lambda start: _words_in(starts, start)))
        elif target >= free:
            chosen.append(target)
    return chosen


def silent_places(gaps: Sequence[Gap]) -> list[float]:
    """Where to listen for speech that captions leave out: in each of the longest gaps, in long ones more than once."""
    longest = sorted(sorted(gaps, key=lambda gap: -gap.seconds)[:_MOST_GAPS])
    total = sum(gap.seconds for gap in longest)
    places: list[float] = []
    for gap in longest:
        count = max(1, round(len(_PLACES) * gap.seconds / total))
        places += [gap.start + gap.seconds * (n + 0.5) / count - SECONDS / 2 for n in range(count)]
    return places


def unsaid(start: float, heard: Sequence[Word]) -> str | None:
    """Why captions that are silent here cannot be trusted, in words; None where nobody speaks."""
    if sum(1 for _ in _tokens(heard)) < _FEWEST_WORDS:
        return None
    begins = run_together(word.text for word in heard[:_WORDS_TOLD])
    return f"they say nothing at {clock(start)}, where \u201c{begins} \u2026\u201d is heard"


def found(start: float, heard: Sequence[Word], segments: Sequence[Segment]) -> Found:
    """How well the words heard from `start` on agree with the captions, wherever those say them."""
    spoken = list(_tokens(heard))
    shown = [
        token
        for token in _tokens(chain.from_iterable(segment.words for segment in segments))
        if abs(token[1] - start) <= MOST_OFFSET + SECONDS
    ]
    matches = [_matched(spoken, shown, first) for first in _likely_places(spoken, shown)]
    best = max(matches, key=len) if matches else []
    if not best:
        return Found(start, len(spoken))
    return Found(start, len(spoken), len(best) / len(spoken), median(best))


def verdict(findings: Sequence[Found]) -> Verdict:
    """What the stretches say together."""
    telling = [one for one in findings if one.words >= _FEWEST_WORDS]
    if len(telling) < min(2, len(findings)) or not telling:
        return Verdict(f"too few words were heard to compare them with ({sum(one.words for one in findings)})")
    strange = [one for one in telling if one.agreement < _AGREEMENT]
    if strange:
        where = ", ".join(f"{one.agreement:.0%} at {clock(one.start)}" for one in strange)
        return Verdict(f"they are not what is heard: of the words agree only {where}")
    offsets = [one.offset for one in telling]
    if max(offsets) - min(offsets) > _STEADY:
        where = ", ".join(f"{one.offset:+.1f} s at {clock(one.start)}" for one in telling)
        return Verdict(f"their times move against the audio: {where}")
    offset = round(median(offsets), 2)
    return Verdict(offset=offset if abs(offset) > _ON_TIME else 0.0)


def _words_in(starts: Sequence[float], start: float) -> int:
    return bisect_left(starts, start + SECONDS) - bisect_left(starts, start)


def _likely_places(spoken: Sequence[Token], shown: Sequence[Token]) -> list[int]:
    """Where in the captions the heard words probably begin: each word votes, rare words most."""
    where: defaultdict[str, list[int]] = defaultdict(list)
    for index, (text, _) in enumerate(shown):
        where[text].append(index)
    votes: Counter[int] = Counter()
    for index, (text, _) in enumerate(spoken):
        for place in where.get(text, ()):
            votes[place - index] += 1000 // len(where[text])
    together = {place: sum(votes[place + slip] for slip in range(-_SLIP, _SLIP + 1)) for place in votes}
    return sorted(together, key=lambda place: -together[place])[:_CANDIDATES]


def _matched(spoken: Sequence[Token], shown: Sequence[Token], first: int) -> list[float]:
    """By how much later each word is heard than shown, where the two texts run together."""
    nearby = shown[max(0, first - _SLIP) : max(0, first + len(spoken) + _SLIP)]
    matcher = SequenceMatcher(None, [text for text, _ in spoken], [text for text, _ in nearby], autojunk=False)
    return [
        spoken[block.a + step][1] - nearby[block.b + step][1]
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]


def _tokens(words: Sequence[Word] | chain[Word]) -> Iterator[Token]:
    """The words by their letters; scripts without spaces are compared sign by sign."""
    for word in words:
        heard = [sign for part in signs(word.text) if (sign := letters(part))]
        each = (word.end - word.start) / max(len(heard), 1)
        yield from ((sign, word.start + place * each) for place, sign in enumerate(heard))
