"""The words of a question that say what it is about: all but those that every sentence has.

A short list per language, made by hand: articles, pronouns, prepositions, auxiliaries, question words, the verbs that
open a request ("tell", "erzähle"), and what an apostrophe cuts off ("what's", "l'album"). What does not belong here:
how much a word counts (`ranking.py`, SQL).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from ragtime_assets.domain.language.words import signs
from ragtime_assets.domain.searching.stems import words

_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
SURE = 0.6
"""Of a query a detector that is surer than this is right; of names and of a word or two it seldom is."""
Phrase = tuple[str, ...]
"""Words that stand one behind the other."""

_EN = """
    a about after all also am an and any are as at be been before but by can could define describe did do does doing
    explain find for from get give had has have he her here him his how i if in into is it its just list me more my name
    no not of off on one or other our out over please say says she should show so some tell than that the their them
    then there these they this those through to under up us was we were what when where which while who whom whose why
    will with would you your
    s t m re ve ll don doesn didn isn aren wasn weren hasn haven couldn wouldn"""
_DE = """
    ab aber alle alles als also am an auch auf aus bei beim bin bis da damals dann das dass dein dem den denn der des
    dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er erkläre
    erzähle es etwas für gab gegen gibt hat hatte hatten habe haben hier ich ihm ihn ihnen ihr ihre ihrem ihren im in
    ins ist ja kann kein keine können man mehr mein mich mir mit muss nach nenne nicht nichts noch nun nur ob oder ohne
    schon sehr sei sein seine seinem seinen seiner sich sie sind so über um und uns unser unter vom von vor wann war
    waren warum was weil welche welchem welchen welcher welches wem wen wenn wer werden wessen wie wieso wieviel will
    wir wird wo wodurch woher wohin womit woran worüber worum wovon wozu wurde wurden zu zum zur zwischen"""
_FR = """
    à au aux avec ce ces cet cette comment dans de des donc du elle elles en est et était il ils je la le les leur lui
    mais me mon ne nos notre nous on ou où par pas pour pourquoi qu quand que quel quelle quelles quels qui sa se ses
    son sont sur ta te tu un une vos votre vous y c d j l m n s t"""
_ES = """
    a al como cómo con cual cuál cuando cuándo cuáles de del desde donde dónde el ella ellos en era es esa ese eso esta
    este esto fue ha han hay la las le les lo los mas más mi no nos o para pero por porque qué que quien quién quiénes
    se ser si sin sobre son su sus también te tu un una uno y ya yo"""
_IT = """
    a ai al alla anche che chi ci come con cosa da dal dalla dei del della delle di dove e è era gli ha hanno i il in io
    la le lei lo loro lui ma mi nel nella non nostro o per perché più qual quale quali quando questa questo se si sono
    su sua sul sulla suo ti tra tu un una uno c d l all dall dell nell sull"""
_NL = """
    aan al als bij dan dat de deze die dit door een en er had heb hebben heeft het hij hoe ik in is je kan maar me meer
    met mij mijn na naar niet nog nu of om omdat onder ons ook op over te toen tot uit van veel voor waar waarom wanneer
    waren was wat we welk welke wie wij wordt ze zich zij zijn zo zou"""
_STOP_WORDS = {
    language: frozenset(text.split())
    for language, text in (("en", _EN), ("de", _DE), ("fr", _FR), ("es", _ES), ("it", _IT), ("nl", _NL))
}


def likely_languages(words: Sequence[str]) -> list[str]:
    """The languages whose stop words are most of these; several where none is ahead, all where none knows any."""
    folded = [word.casefold() for word in words]
    known = {language: sum(word in stop for word in folded) for language, stop in _STOP_WORDS.items()}
    return [language for language, count in known.items() if count == max(known.values())]


def asked_in(query: str, detect: Callable[[str], tuple[str, float]]) -> list[str]:
    """The languages that a query may be in: the one that a detector is sure of, or those that its words tell.

    The detector reads small letters: the capitals of names lead it astray. No stop word tells Japanese or Chinese, but
    their signs do.
    """
    language, probability = detect(query.lower())
    if probability >= SURE:
        return [language]
    kana, han = len(_KANA.findall(query)), len(_HAN.findall(query))
    if 2 * (kana + han) > sum(map(str.isalnum, query)):
        return ["ja" if kana else "zh"]
    return likely_languages(words(query))


def stop_words(language: str) -> frozenset[str]:
    """What every sentence of a language has; none of a language without a list."""
    return _STOP_WORDS.get(language, frozenset())


def opening_words(words: Sequence[str]) -> frozenset[str]:
    """What is no name, though a capital may stand before it, in any of the likely languages."""
    return frozenset[str]().union(*_likely_lists(words))


def content_words(words: Sequence[str]) -> list[str]:
    """The words that tell what the question is about; all of them where every one is a stop word.

    Where several languages are as likely, only what is a stop word in each is left out.
    """
    stop = frozenset[str].intersection(*_likely_lists(words))
    return [word for word in words if word.casefold() not in stop] or list(words)


def phrases(word: str) -> list[Phrase]:
    """What is looked for of a word; of signs without spaces each pair, because nothing tells their words apart."""
    parts = signs(word)
    return [tuple(pair) for pair in pairwise(parts)] if len(parts) > 1 else [(word,)]


def _likely_lists(words: Sequence[str]) -> list[frozenset[str]]:
    return [_STOP_WORDS[language] for language in likely_languages(words)]
