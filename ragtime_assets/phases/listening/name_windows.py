"""Whether a few heard words are a near miss of a name, and not plain words or somebody else's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ragtime_assets.domain.language.likeness import Likeness, likeness
from ragtime_assets.domain.language.words import letters
from ragtime_assets.phases.listening.lexicon import Lexicon

_SHORTEST_ALONE = 5
"""Letters of a surname that is known without the rest of the name."""
_PARTICLE = 3
"""Letters of a small word inside a name, such as `van`."""
_CORE = re.compile(r"(\W*)((?:.*\w)?)(\W*)", re.DOTALL)
_GENITIVES = ("'s", "\u2019s")
_BREAKS = re.compile(r"[.,;:!?\u2026]")
_ENDS = re.compile(r"[.:!?\u2026]")


class Heard(NamedTuple):
    """A word, and the marks around it; a genitive belongs to these."""

    before: str
    core: str
    after: str

    @property
    def is_capital(self) -> bool:
        """Whether it is written as a name."""
        return self.core[:1].isupper()


class KnownName(NamedTuple):
    """A name as it may be said; `alone` when that is the surname without what stands before it."""

    parts: tuple[str, ...]
    whole: tuple[str, ...]
    alone: bool = False


class Match(NamedTuple):
    """The name that is said, how it is written here, and in how many words it was heard."""

    name: tuple[str, ...]
    written: tuple[str, ...]
    length: int


class _Pair(NamedTuple):
    """A word, maybe heard in two, beside the part of the name that it may be."""

    heard: str
    part: str

    @property
    def grade(self) -> Likeness:
        return likeness(self.heard, self.part)


def heard_as(text: str) -> Heard:
    """A word without the marks around it."""
    found = _CORE.fullmatch(text)
    before, core, after = found.groups() if found else ("", text, "")
    return Heard(before, core[:-2], core[-2:] + after) if core.endswith(_GENITIVES) else Heard(before, core, after)


def known_names(names: Sequence[str], lexicon: Lexicon) -> tuple[KnownName, ...]:
    """The names as they may be said, the longest first: whole, first and last, the surname alone."""
    found: dict[tuple[str, ...], KnownName] = {}
    for name in filter(letters, names):
        whole = tuple(name.split())
        last = whole[-1]
        surname = next((at for at, part in enumerate(whole) if at and part.lower() in lexicon.particles), -1)
        said = [KnownName(whole, whole, alone=len(whole) == 1)]
        if len(whole) > 2:
            said.append(KnownName((whole[0], last), whole))
        if len(letters(last)) >= _SHORTEST_ALONE:
            said += [KnownName(whole[surname:], whole, alone=True), KnownName((last,), whole, alone=True)]
        for one in said:
            found.setdefault(one.parts, one)
    return tuple(sorted(found.values(), key=lambda name: -len("".join(name.parts))))


def match(heard: Sequence[Heard], at: int, known: Sequence[KnownName], lexicon: Lexicon) -> Match | None:
    """The name that is said from `at` on; one that was heard right comes before a near miss."""
    if not heard[at].is_capital:
        return None
    near: Match | None = None
    for name in known:
        parts = len(name.parts)
        for length in (parts, parts + 1, parts - 1):
            window = _Window(heard, at, length)
            if not window.is_whole:
                continue
            if window.cores == name.parts:
                return Match(name.whole, name.parts, length)
            near = near or _near(window, name, lexicon)
    return near


@dataclass(frozen=True)
class _Window:
    """A few words in a row, and what is around them."""

    heard: Sequence[Heard]
    at: int
    length: int

    @property
    def words(self) -> Sequence[Heard]:
        return self.heard[self.at : self.at + self.length]

    @property
    def cores(self) -> tuple[str, ...]:
        return tuple(word.core for word in self.words)

    @property
    def is_whole(self) -> bool:
        """Whether these are words, and no mark stands between them."""
        words = self.words
        spelled = 0 < self.length == len(words) and all(letters(word.core) for word in words)
        return spelled and not any(_BREAKS.search(word.after) or "\u2019" in word.after for word in words[:-1])

    @property
    def opens(self) -> bool:
        """Whether a sentence begins with it, so that a capital means nothing."""
        return _opens(self.heard, self.at)

    def has_article(self, lexicon: Lexicon) -> bool:
        """Whether it is a noun by the word before it."""
        return self.at > 0 and self.heard[self.at - 1].core.lower() in lexicon.articles

    def is_part_of_a_name(self, lexicon: Lexicon) -> bool:
        """Whether the words around it read as the rest of a name: then it is that name's, and not ours."""
        last = self.at + self.length
        before = self.heard[self.at - 1] if self.at and not _BREAKS.search(self.heard[self.at - 1].after) else None
        after = self.heard[last] if last < len(self.heard) and not self.heard[last - 1].after else None
        if before and before.is_capital and not before.after:
            means_nothing = lexicon.nouns_have_capitals or _opens(self.heard, self.at - 1)
            if lexicon.is_first_name(before.core) or not (means_nothing and lexicon.is_plain(before.core)):
                return True
        if after is None or not after.is_capital:
            return False
        return not (lexicon.nouns_have_capitals and lexicon.is_plain(after.core))


def _opens(heard: Sequence[Heard], at: int) -> bool:
    return at == 0 or bool(_ENDS.search(heard[at - 1].after))


def _near(window: _Window, name: KnownName, lexicon: Lexicon) -> Match | None:
    cores, genitive = _without_genitive(window.cores, name.parts[-1], lexicon)
    for pairs in _aligned(cores, name.parts):
        known = _is_surname if name.alone else _is_person
        if known(pairs, window, lexicon):
            return Match(name.whole, (*name.parts[:-1], name.parts[-1] + genitive), window.length)
    return None


def _without_genitive(cores: tuple[str, ...], part: str, lexicon: Lexicon) -> tuple[tuple[str, ...], str]:
    """The words without a genitive that is written without a mark, and that genitive."""
    last = cores[-1]
    if lexicon.nouns_have_capitals and last.endswith("s") and not part.endswith("s") and len(last) > len("s"):
        return (*cores[:-1], last[:-1]), "s"
    return cores, ""


def _aligned(cores: tuple[str, ...], parts: tuple[str, ...]) -> Iterator[list[_Pair]]:
    """Each word beside its part; where there is one too many on a side, two of them are taken as one."""
    if len(cores) == len(parts):
        yield [_Pair(*pair) for pair in zip(cores, parts, strict=True)]
        return
    longer, shorter = (cores, parts) if len(cores) > len(parts) else (parts, cores)
    for at, whole in enumerate(shorter):
        one, other = longer[at : at + 2]
        if not _is_cut(one, other, whole):
            continue
        joined = (*longer[:at], one + other.lower(), *longer[at + 2 :])
        sides = (joined, parts) if longer is cores else (cores, joined)
        yield [_Pair(*pair) for pair in zip(*sides, strict=True)]


def _is_cut(one: str, other: str, whole: str) -> bool:
    """Whether two words are one that was cut, or that belongs apart; neither may be that one by itself."""
    by_itself = any(likeness(piece, whole) >= Likeness.NEAR for piece in (one, other))
    return not by_itself and not one.islower() and likeness(one + other, whole) >= Likeness.NEAR


def _is_person(pairs: list[_Pair], window: _Window, lexicon: Lexicon) -> bool:
    """Whether it is a name in full: one part was heard as it sounds, the others nearly."""
    chief = [pair for pair in pairs if not pair.part.islower()]
    capital = all(word.is_capital or len(word.core) <= _PARTICLE for word in window.words)
    sure = sum(pair.grade >= Likeness.ALIKE for pair in chief)
    near = sum(pair.grade >= Likeness.NEAR for pair in chief)
    if not capital or not (sure or near == len(chief)) or not all(pair.grade for pair in chief):
        return False
    if any(len(pair.heard) > _PARTICLE + 1 for pair in pairs if pair.part.islower()):
        return False
    return not any(
        _is_another(
            pair, lexicon, opens=window.opens and pair is pairs[0], first=pair is pairs[0], last=pair is pairs[-1]
        )
        for pair in chief
    )


def _is_another(pair: _Pair, lexicon: Lexicon, *, opens: bool, first: bool, last: bool) -> bool:
    """Whether a word that is not the part itself is a plain word, or another name."""
    if pair.grade == Likeness.SAME:
        return False
    if lexicon.is_first_name(pair.heard):
        return not first or pair.grade < Likeness.ALIKE
    if last and lexicon.is_inflected(pair.heard, pair.part):
        return True
    if not lexicon.is_plain(pair.heard):
        return False
    return opens or lexicon.nouns_have_capitals or pair.grade < Likeness.ALIKE


def _is_surname(pairs: list[_Pair], window: _Window, lexicon: Lexicon) -> bool:
    """Whether it is a surname on its own: nearly its letters, and nothing else that could be meant."""
    *particles, pair = pairs
    if window.opens or pair.grade < Likeness.NEAR or any(one.grade < Likeness.SAME for one in particles):
        return False
    words = window.words[len(particles) :]
    if not all(word.is_capital for word in words):
        return False
    if window.has_article(lexicon) or window.is_part_of_a_name(lexicon):
        return False
    if lexicon.is_first_name(pair.heard) or lexicon.is_inflected(pair.heard, pair.part):
        return False
    return not (lexicon.is_plain(pair.heard) or all(lexicon.is_plain(word.core) for word in words))
