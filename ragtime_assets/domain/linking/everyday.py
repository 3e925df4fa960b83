"""Evidence that the name is that of somebody of everyday life, or that the speaker does not know whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.clue import Clue, Evidence
from ragtime_assets.domain.linking.keys import is_one_word, key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.phrases import listed, phrase
from ragtime_assets.domain.linking.roles import kinds, roles, topics_of_things, words_of
from ragtime_assets.domain.linking.said_years import is_number
from ragtime_assets.domain.linking.talk import Beside, Said, Talk

_INDEFINITE = frozenset({"a", "an", "ein", "einen", "einem", "einer", "eine", "irgendein", "irgendeine"})
_ADDRESS = frozenset({"mr", "mrs", "ms", "herr", "herrn", "frau"})
_FROM = frozenset({"from", "aus", "vom"})
_CALLED_WITHIN = 2
_SHORTEST_WORD = 4
_KNOWN_WITHIN = 4
_OLDEST = 110
_WHO = frozenset({"who", "whom", "whose"})
_WEISS = frozenset({"weiß", "weiss", "wissen", "wusste", "wussten"})
_SPELLING = frozenset({"with", "without", "mit", "ohne"})
_ONE_LETTER = frozenset({"a", "an", "one", "two", "double", "einem", "einen", "zwei", "doppel", "weichem", "hartem"})


def unsure(said: Said) -> Iterator[Evidence]:
    """The speaker says so."""
    if told := phrase("unsure", said.around, said.text) or _not_known(said):
        yield Evidence(Clue.UNSURE, f"“{told}” is said with it", is_near=True)


def spelled_out(said: Said) -> Iterator[Evidence]:
    """A name that is only nearly this one is said to be written so."""
    if told := phrase("spelled", said.around, said.text) or _letter(said):
        yield Evidence(Clue.SPELLED_OUT, f"is said to be written so: “{told}”", is_near=True)


def _letter(said: Said) -> str | None:
    """The letter with which it is written, as in: with an H, mit zwei T, ohne E."""
    told = (
        " ".join(words[at : letter + 1])
        for words in said.words
        for at, word in enumerate(words)
        if word in _SPELLING
        for letter in (at + 2 if words[at + 1 : at + 2] and words[at + 1] in _ONE_LETTER else at + 1,)
        if letter < len(words) and len(words[letter]) == 1 and words[letter].isalpha()
    )
    return next(told, None)


def _not_known(said: Said) -> str | None:
    """What is said not to be known, as in: the label does not tell."""
    known = listed("known")
    told = (
        f"{word} … {one}"
        for words in said.clauses
        for at, word in enumerate(words)
        if (word in words_of("nobody") or word.endswith("n't")) and not _WHO & set(words[:at])
        for one in words[at + 1 : at + 1 + _KNOWN_WITHIN]
        if one in known
    )
    return next(told, None) or _not_known_in_german(said)


def _not_known_in_german(said: Said) -> str | None:
    """German has the "not" behind: ich weiß bis heute nicht."""
    told = (
        f"{word} … nicht"
        for words in said.clauses
        for at, word in enumerate(words)
        if word in _WEISS and "nicht" in words[at + 1 : at + 1 + _KNOWN_WITHIN]
    )
    return next(told, None)


def everyday(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Evidence]:
    """Who is introduced by the name alone is mostly somebody else: "a Roger Waters", "the dog is called Loriot"."""
    yield from _introduced(said)
    own = _words_about(entity)
    if any(_is_from_elsewhere(one, own) for one in said.beside):
        yield Evidence(Clue.FROM_ELSEWHERE, "is told from others by where they are from", is_near=True)
    if any(_is_another(one, own) for one in said.beside):
        yield Evidence(Clue.SAID_TO_BE_ANOTHER, "is said to be something else", is_near=True)
    if "everyday" in roles(said.around):
        yield Evidence(Clue.EVERYDAY, "the talk is of everyday people where it is said", is_near=True)
    if talk.is_of_everyday_life:
        yield Evidence(Clue.EVERYDAY_TALK, "much of this episode is of everyday life")
    if words_of("ours") & said.around and not words_of("guest") & said.around:
        yield Evidence(Clue.OWN_LIFE, "the speaker tells of “my” or “our” where it is said", is_near=True)
    if any(one.is_apposed and one.after and _is_age(one.after) for one in said.beside):
        yield Evidence(Clue.AGED, "an age is said with the name", is_near=True)
    if told := phrase("places", said.around, said.text):
        yield Evidence(Clue.EVERYDAY_PLACE, f"the talk is of everyday life where it is said: “{told}”", is_near=True)


def _introduced(said: Said) -> Iterator[Evidence]:
    whole = not is_one_word(said.name.name)
    for before, after, is_apposed in said.beside:
        if before and _is_somebody(before[-1]) and (is_apposed or not _are_things(after[:1])):
            yield Evidence(Clue.INTRODUCED, f"is said to be “{before[-1]} {said.name.name}”", is_near=True)
        elif words_of("called") & {*before[-_CALLED_WITHIN:], *after[:1]}:
            yield Evidence(Clue.CALLED_SO, "somebody is said to be called so", is_near=True)
        elif words_of("ours") & set(before) and not words_of("guest") & set(before):
            yield Evidence(Clue.OURS, f"is said to be “{' '.join(before)} {said.name.name}”", is_near=True)
        elif is_apposed and words_of("ours") & set(after[:1]) and not words_of("guest") & set(after):
            yield Evidence(Clue.OURS, f"is said to be “{' '.join(after)}”", is_near=True)
        elif whole and {*before[-1:], key(said.name.name).split()[0]} & _ADDRESS:
            yield Evidence(Clue.ADDRESSED, "is addressed as people in the street are", is_near=True)
        else:
            continue
        return


def _is_somebody(word: str) -> bool:
    return word in _INDEFINITE or word in words_of("somebody")


def _are_things(words: Sequence[str]) -> bool:
    """What comes after a name that only says whose it is: "a Coltrane solo"."""
    return bool(kinds(words) or topics_of_things(words))


def _is_from_elsewhere(beside: Beside, own: frozenset[str]) -> bool:
    """As in: Thomas Mann from the warehouse."""
    after = beside.after[1:]
    return bool(beside.after) and beside.after[0] in _FROM and not own.intersection(after)


def _is_another(beside: Beside, own: frozenset[str]) -> bool:
    """As in: John Herschel, a student from Ohio."""
    after = beside.after
    return (
        beside.is_apposed
        and bool(after)
        and after[0] in _INDEFINITE
        and not own.intersection(after)
        and not (roles(own) & roles(after))
    )


def _is_age(after: Sequence[str]) -> bool:
    """As in: Jim Robinson, twenty-four, and."""
    return after[0] == "aged" or after[0].isdecimal() and int(after[0]) < _OLDEST or is_number(after[0])


def _words_about(entity: KnownEntity) -> frozenset[str]:
    told = (entity.disambiguation, entity.area or "", *entity.related)
    return frozenset(word for text in told for word in folded_words(text) if len(word) >= _SHORTEST_WORD)
