"""Audio on a page that is not its episode: told by what names, flags, titles and addresses call it.

What belongs here: the words for it, in the languages of such pages. Finding audio and whose it is: `player_json.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ADVERT_WORDS = (
    r"ads?|adverts?|advertisements?|advertising|commercials?|sponsor\w*|werbung|werbe\w*|anzeigen?|publicidad|anuncios?|"
    r"publicit[eé]s?|pubs?|pubblicit[aà]|publicidade|reclames?|(?:pre|mid|post)_?rolls?"
)
_JINGLES = "stings?|stingers?|jingles?|bumpers?|idents?"
_TUNE_WORDS = (
    rf"{_JINGLES}|(?:theme|title|opening|closing)_(?:song|music|tune|audio)|"
    r"(?:sound|audio)_?logos?|intros?|outros?|openers?|vorspann|abspann|titelmusik|erkennungsmelodie|trenner|"
    r"indicatif|g[eé]n[eé]rique|virgule|sinton[ií]a|cabecera|cortinilla|sigla|vinheta|begintune|sfx|sounds?_?effects?"
)
_PART_NAMES = (
    r"(?<!episode_)preview|teaser|trailer|snippet|jingle|sample|excerpt|extrait|extract|advert|promo|sponsor|"
    r"(?:pre|mid|post)_?roll"
)
"""Found within a longer name too."""
_PART_WORDS = (
    r"clips|chapters?|aper[cç]u|bande_annonce|vorschau|h(?:ö|oe)rprobe|kostprobe|ausschnitte?|avance|adelanto|muestra|"
    r"anteprima|estratto|voorproefje|fragment(?:en|os?|s)?|pr[eé]via"
)
_LIVE_WORDS = r"live|live_?streams?|en_directo|en_direct|in_diretta|ao_vivo|live_?(?:hören|hoeren)"
_WORDS_OF_A_LESSON = ("word", "wort", "mot", "palabra", "woord", "parola", "palavra", "vocabulary", "vokabel", "lemma")
_SPOKEN = "|".join((*_WORDS_OF_A_LESSON, "words", "pronunciation", "aussprache"))
_PIECE = re.compile(
    rf"{_PART_NAMES}|(?<![a-z])(?:{_PART_WORDS}|{_ADVERT_WORDS}|{_TUNE_WORDS}|{_LIVE_WORDS}|{_SPOKEN})(?![a-z])"
)
_ELSEWHERE = re.compile(
    r"(?<![a-z])(?:related|recommend\w*|similar|next|up_?next|prev|previous|latest|more|others?|clip|episode_preview)"
    r"(?![a-z])"
)
"""What leads to other episodes than the page's, or perhaps to a piece of it: what is there has to bear its title."""
_ASIDE = re.compile(
    rf"(?<![a-z])(?:aside|sidebar|footer|nav|teasers?|promos?|promotion|archive|live|carousel|"
    rf"{_ADVERT_WORDS})(?![a-z])"
)
_SELLING_HOST = re.compile(rf"(?:{_ADVERT_WORDS}|adserver)(?:_?\d+)?")
_LIVE_HOST = re.compile(r"(?:live|live_?stream|icecast|shoutcast|directo|endirect)(?:_?\d+)?")
_FOLDER_OF_NONE = re.compile(rf"(?:{_ADVERT_WORDS}|{_JINGLES})(?:_?\d+)?")
_IS_LIVE = frozenset({"islive", "live", "islivestream", "livestream", "isstream", "onair", "isonair"})
_KINDS = frozenset({"type", "kind", "typ", "tipo", "mediatype", "contenttype"})
_KIND_OF_NONE = re.compile(rf"{_ADVERT_WORDS}|{_TUNE_WORDS}|{_LIVE_WORDS}|trailer|teaser|preview")
_LIVE_TITLE = re.compile(
    r"\b(?:jetzt live|live ?stream|live (?:hören|radio|now)|listen live|on air|"
    r"en (?:directo|direct|vivo)|in diretta|ao vivo|radio live|nu live|luister live|webradio)\b",
    re.IGNORECASE,
)
_TELLING = 3
"""Letters; shorter words are in every title."""
_SHORTEST = 15.0
"""Seconds: nobody publishes a shorter episode, but words of a lesson and tunes are that short."""


def as_words(name: str) -> str:
    """A name as words in a row, however they are joined: `nextEpisodes` is `next_episodes`."""
    return _HUMP.sub("_", name).lower().replace("-", "_")


def key_of(name: str) -> str:
    """A name as it is compared, whatever joins its words: `episode-title` is `episodeTitle`."""
    return name.lower().replace("-", "").replace("_", "")


def names_a_piece(names: str) -> bool:
    """Whether names say what is no episode: a piece, an advertisement, a tune, a stream that never ends, a word."""
    return _PIECE.search(names) is not None


def leads_elsewhere(path: str, place: str) -> bool:
    """Whether names, or the element that carries them, are of what stands beside the page's own episode."""
    return bool(_ELSEWHERE.search(path) or _ELSEWHERE.search(place) or _ASIDE.search(place))


def is_at_another_kind_of_address(url: str) -> bool:
    """Whether the host, a folder or the file is called an advertisement's, a tune's or a live stream's."""
    parts = urlsplit(url)
    host, (*folders, file) = as_words((parts.hostname or "").partition(".")[0]), as_words(parts.path).split("/")
    named = (*folders, file.partition(".")[0])
    return bool(
        _SELLING_HOST.fullmatch(host)
        or _LIVE_HOST.fullmatch(host)
        or any(_FOLDER_OF_NONE.fullmatch(name) for name in named)
    )


def is_flagged(node: Mapping[str, Any]) -> bool:
    """Whether an object says of itself that it is live, an advertisement, a tune, or a word to hear."""
    return any(_is_flag(key_of(str(name)), value) for name, value in node.items())


def _is_flag(key: str, value: Any) -> bool:
    if key in _IS_LIVE:
        return value is True or value in ("true", "1")
    if not isinstance(value, str):
        return False
    return key in _WORDS_OF_A_LESSON or key in _KINDS and bool(_KIND_OF_NONE.fullmatch(as_words(value)))


def is_no_episode(title: str | None, length: float | None) -> bool:
    """Whether a title and a length are those of a live stream, of a tune or of a word."""
    return length < _SHORTEST if length else bool(_LIVE_TITLE.search(title or ""))


def is_foreign(title: str | None, page: Iterable[str]) -> bool:
    """Whether a title of several words has none that tells in common with any title of the page it stands on."""
    here = " ".join(page).casefold()
    telling = [word for word in re.findall(r"\w+", (title or "").casefold()) if len(word) >= _TELLING]
    return bool(here) and len(telling) > 1 and not any(word in here for word in telling)
