"""Names that will probably be said: the people credited, and what reads as a name in the title and the show notes.

A run of capitals in notes is mostly a heading. It counts where it begins with a first name, or where no word of it is
a plain word of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.phases.listening.lexicon import Lexicon, lexicon_of

MAX_NAMES = 15
_NOTES_READ = 3_000
_MOST_WORDS = 4
_SHORTEST_ALONE = 6
_CAPITALISED = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff][\w'\u2019-]*"
_RUN = re.compile(rf"{_CAPITALISED}(?: (?:(?:af|de|du|van|von|der|la|le) ){{0,2}}{_CAPITALISED})*")
_SENTENCE = re.compile(r"(?<=[.:!?])\s+|\n")
_IN_PROSE = (2, 3)
"""Words of a name that only the capitals of a sentence support."""
_GENITIVE = re.compile(r"['\u2019]s?$")


class _Run(NamedTuple):
    """Words with capitals in a row; whether a sentence begins with them, and whether it is prose or a heading."""

    words: tuple[str, ...]
    opens: bool
    in_prose: bool


def likely_names(details: EpisodeDetails, vocabulary: Vocabulary, language: str) -> tuple[str, ...]:
    """The names, each once: people credited first, then those of the title, then those of the notes in `language`."""
    lexicon = lexicon_of(language, vocabulary)
    found = [" ".join(person.name.split()) for person in details.persons]
    for text in (details.title if details.has_title else "", details.description[:_NOTES_READ]):
        found += [" ".join(name) for run in _runs(text, lexicon) if (name := _name(run, lexicon))]
    distinct: dict[str, str] = {}
    for name in found:
        distinct.setdefault(name.casefold(), name)
    return tuple(distinct.values())[:MAX_NAMES]


def _runs(text: str, lexicon: Lexicon) -> Iterator[_Run]:
    for sentence in _SENTENCE.split(text):
        words = re.findall(r"[^\W\d_]+", sentence)
        in_prose = sum(word.islower() for word in words) * 2 >= len(words)
        for run in _RUN.finditer(sentence):
            opens = not sentence[: run.start()].strip()
            for piece in _between_stops(run.group().split(), lexicon):
                yield _Run(tuple(piece), opens, in_prose)
                opens = False


def _between_stops(run: list[str], lexicon: Lexicon) -> Iterator[list[str]]:
    """The run, cut at words on which a capital means nothing, and behind a genitive."""
    words: list[str] = []
    for word in run:
        name = _GENITIVE.sub("", word)
        stops = lexicon.is_stop(name) and name not in lexicon.particles and not lexicon.is_first_name(name)
        if not stops:
            words.append(name)
        if stops or name != word:
            yield words
            words = []
    yield words


def _name(run: _Run, lexicon: Lexicon) -> tuple[str, ...]:
    """What of a run reads as a name; nothing when it is a heading."""
    if name := _person(run.words, lexicon):
        return name
    if lexicon.nouns_have_capitals:
        return ()
    if run.in_prose and not run.opens and len(run.words) in _IN_PROSE:
        return run.words
    return _unknown(run, lexicon)


def _person(words: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """A first name and what follows it, up to the last word that is no plain one; a surname may be a plain word."""
    first = next((place for place, word in enumerate(words) if lexicon.is_first_name(word)), len(words))
    name = words[first : first + _MOST_WORDS]
    while len(name) > 2 and not name[-2].islower() and lexicon.is_plain(name[-1]):
        name = name[:-1]
    return name if len(name) > 1 else ()


def _unknown(run: _Run, lexicon: Lexicon) -> tuple[str, ...]:
    """Words of which none is a plain one; a single one only where it is long and opens no sentence."""
    plain = next((place for place, word in enumerate(run.words) if not lexicon.is_plain(word)), len(run.words))
    words, opens = run.words[plain:], run.opens and not plain
    if not words or len(words) > _MOST_WORDS or any(lexicon.is_plain(word) for word in words if not word.islower()):
        return ()
    first, *others = words
    return words if others or (len(first) >= _SHORTEST_ALONE and not opens) else ()
