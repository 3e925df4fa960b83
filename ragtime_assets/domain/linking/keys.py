"""Names as they are looked up: one key for all the ways in which a name is written, and looser keys to try after it.

The registry keeps the keys of its names, so a change of `key` needs a migration that computes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.language.words import is_unspaced
from ragtime_assets.domain.linking.roles import roles
from ragtime_assets.domain.text.lines import one_line, writable

LONGEST_NAME = 500
"""What is longer is no name; an index of Postgres takes no longer ones either."""
SHORTEST_INFLECTED = 4
GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
_ARTICLES = frozenset(
    {"the", "der", "die", "das", "den", "dem", "des", "ein", "eine", "le", "la", "les", "las", "los", "el", "il", "lo"}
)
_AND = frozenset({"and", "und", "et", "y", "n'", "'n'", "n"})
_SAME_WORD = {
    one: words.split()[0]
    for words in (
        "orchestra orchester orchestre orquesta orkester orkest",
        "quartet quartett quartette quatuor cuarteto kvartet",
        "quintet quintett quintette quintetto quinteto",
        "sextet sextett sextette sestetto",
        "septet septett septette",
        "octet oktett octette",
        "philharmonic philharmonie filharmonic",
        "symphony sinfonie symphonie sinfonia",
        "ensemble ensembles",
        "choir chor choeur coro",
        "saint st sankt",
        "volume vol",
        "jr junior",
        "sr senior",
        "dr doctor doktor",
    )
    for one in words.split()
}
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "professor", "sir", "dame", "herr", "frau", "lady", "lord"})
_OF_THE_NAME = frozenset({"king"})
"""King Oliver, Queen Latifah and Prince Paul are no kings."""
_OF_LABELS = frozenset({"records", "recordings", "record", "label", "schallplatten", "musik", "music"})
_NICKNAME = re.compile(r"\s[\"“”„«»‘’'(][^\"“”„«»()]{1,40}[\"“”«»‘’')](?=\s|$)")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
_WRITTEN_UMLAUT = re.compile(r"(?<![aeiouq])([aou])e(?=[^\Waeiou])")


@lru_cache(maxsize=100_000)
def key(name: str) -> str:
    """`name` as it is looked up: no case, accents, marks or article in front, initials together, one word for a thing.

    A name without a letter or a digit is its own key. Nobody is called nothing, whose key is empty.
    """
    line = one_line(name, LONGEST_NAME)
    return _joined(_words(line)) or line.casefold()


def is_name(name: str) -> bool:
    """Whether somebody or something may be called so: not for ever, and not in characters that nobody can write."""
    return len(name) <= LONGEST_NAME and writable(name) == name and bool(key(name))


@lru_cache(maxsize=20_000)
def loose_keys(name: str) -> tuple[str, ...]:
    """Other keys under which what `name` means may be kept, the most likely first, without `key` itself."""
    return tuple(dict.fromkeys(one for one in _loose(one_line(name, LONGEST_NAME)) if one and one != key(name)))


def untitled(name: str) -> str:
    """The key of `name` without what somebody is in front: "Minister Gerd Müller", "the lawyer Vogel"."""
    words = _words(one_line(name, LONGEST_NAME))
    while len(words) > 1 and (words[0] in _TITLES or roles(words[:1]) - _OF_THE_NAME):
        words = words[1:]
    return _joined(words)


def as_in_keys(words: Sequence[str]) -> str:
    """Folded words of a text, spelled as keys spell them, so that a key is found among them."""
    return _joined(_with_initials_together([_same_word(word) for word in words]))


def short_key(name: str) -> str | None:
    """The one word by which somebody of this name is called: the surname; None where the name is no longer."""
    words = [word for word in key(name).split() if word not in GENERATIONS]
    return words[-1] if len(words) > 1 and len(words[-1]) > 1 and not is_unspaced(name) else None


def is_one_word(name: str) -> bool:
    """Whether it is a first name, a surname or the like, alone; scripts without spaces do not tell."""
    return " " not in key(name) and not is_unspaced(name)


def _words(name: str) -> list[str]:
    words = _with_initials_together([_same_word(word).strip("'") for word in _spelled(name)])
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return words


def _same_word(word: str) -> str:
    return "and" if word in _AND else _SAME_WORD.get(word, word)


def _spelled(name: str) -> list[str]:
    return folded_words(re.sub("[&+]", " and ", name))


def _with_initials_together(words: Sequence[str]) -> list[str]:
    """J. J. Johnson is JJ Johnson."""
    found: list[str] = []
    initials = ""
    for word in words:
        if len(word) == 1 and word.isalpha() and not is_unspaced(word):
            initials += word
            continue
        found += [initials, word] if initials else [word]
        initials = ""
    return [*found, initials] if initials else found


def _joined(words: Sequence[str]) -> str:
    return " ".join(filter(None, words))


def _loose(name: str) -> Iterator[str]:
    if name.count(",") == 1:
        last, first = name.split(",")
        yield key(f"{first} {last}")
    if without := _NICKNAME.sub("", name):
        yield key(without)
    for umlaut, written in _UMLAUTS.items():
        if umlaut in name:
            yield key(name.replace(umlaut, written))
    words = _words(name)
    yield _joined([_WRITTEN_UMLAUT.sub(r"\1", word) for word in words])
    yield untitled(name)
    if len(words) > 1 and words[-1] in _OF_LABELS:
        yield _joined(words[:-1])
    yield "".join(words)
    yield from _uninflected(words)


def _uninflected(words: Sequence[str]) -> Iterator[str]:
    """Without the s of a German genitive: "Coltranes", "Ellingtons Orchester", "des Jazzfestivals"."""
    plain = [word[:-1] if len(word) > SHORTEST_INFLECTED and word.endswith("s") else word for word in words]
    yield _joined([*words[:-1], plain[-1]] if words else [])
    yield _joined([*plain[:-1], words[-1]] if words else [])
    yield _joined(plain)
