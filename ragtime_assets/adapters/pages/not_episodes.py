"""Audio on a page that is not its episode: told by what names, flags, titles, labels and addresses call it.

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
_READ_ALOUD_WORDS = (
    r"tts|text_?(?:to|2)_?speech|read_?(?:aloud|out_loud|speaker)|speechify|beyond_?words|trinity_?(?:audio|player|media)|"
    r"(?:synthetic|synthesi[sz]ed|generated|robot|ai)_?(?:speech|voice|audio)|vorlese\w*|vorgelesen\w*|sprachausgabe|"
    r"(?:article|artikel)_?(?:audio|speech|reader|narration|voice)|(?:audio|spoken|voiced|narrated)_?(?:article|artikel)|"
    r"listen_?to_?(?:(?:this|the)_?)?(?:article|post|page)|synth[eè]se_?vocale|lecture_?vocale|voorlezen|"
    r"lectura_?(?:de_?)?voz|sintesi_?vocale"
)
_WORDS_OF_A_LESSON = ("word", "wort", "mot", "palabra", "woord", "parola", "palavra", "vocabulary", "vokabel", "lemma")
_SPOKEN = "|".join((*_WORDS_OF_A_LESSON, "words", "pronunciation", "aussprache"))
_PIECE = re.compile(
    rf"{_PART_NAMES}|(?<![a-z])(?:{_PART_WORDS}|{_ADVERT_WORDS}|{_TUNE_WORDS}|{_LIVE_WORDS}|{_SPOKEN}|"
    rf"{_READ_ALOUD_WORDS})(?![a-z])"
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
_STREAMING_HOST = re.compile(r"(?:streams?|streaming)(?:_?\d+)?")
_QUALITY = r"(?:_?(?:\d++k?|kbps|kbit|hi|hq|high|lo|lq|low|mid|mp3|aac|web|stereo))*"
_LIVE_FILE = re.compile(rf"(?:{_LIVE_WORDS}|on_?air){_QUALITY}")
_MOUNT = re.compile(rf";|;?(?:{_LIVE_WORDS}|on_?air|streams?|streaming|radio|web_?radio|listen|icecast){_QUALITY}")
"""The only name in the path of a server that streams a station without end."""
_FOLDER_OF_NONE = re.compile(rf"(?:{_ADVERT_WORDS}|{_JINGLES}|{_READ_ALOUD_WORDS}|polly|live_?streams?)(?:_?\d+)?")
_READING_HOST = re.compile(rf"(?:{_READ_ALOUD_WORDS})(?:_?\d+)?")
_READ_ALOUD = re.compile(rf"(?<![a-z])(?:{_READ_ALOUD_WORDS})(?![a-z])")
_LIVE_PLACE = re.compile(rf"(?<![a-z])(?:{_LIVE_WORDS}|on_?air|now_?on_?air)(?![a-z])")
_ARTICLE = r"(?:article|post|page|text|column|essay|blog)"
_READING_LABEL = re.compile(
    rf"\W*(?:audio\W+)?(?:(?:listen to|hear|play)\s(?:this\s|the\s)?{_ARTICLE}|read\s(?:this\s)?(?:{_ARTICLE}\s)?aloud|"
    r"text[ -]to[ -]speech|(?:(?:diesen|den)\s)?(?:artikel|text)\s(?:\w+\s)?(?:(?:an)?h(?:ö|oe)ren|vorlesen)|"
    r"(?:é|e)couter\s(?:cet\s|l['’])article|escucha\w*\s(?:este\s|el\s)?art[ií]culo|"
    r"ascolta\w*\s(?:questo\s|l['’])articolo|ou(?:ça|vir|ve)\s(?:este\s|o\s)?artigo|"
    r"luister\w*\s(?:naar\s)?(?:dit\s|het\s)?artikel|(?:artikel|tekst)\svoorlezen)(?!\w).{0,30}",
    re.IGNORECASE | re.DOTALL,
)
"""What the button says that has a page read out."""
_IS_LIVE = frozenset(
    {"islive", "live", "islivebroadcast", "islivestream", "livestream", "isstream", "onair", "isonair"}
)
_GONE = re.compile(
    r"\b(?:this|the|dies\w{1,2}|der|die|das|cet|cette|l['’]|est[ea]|el|la|quest[oa]|il|deze|dit|de|het|esse|essa|o|a)\s?"
    r"(?:program\w*|episode|show|broadcast|audio|recording|podcast|sendung|folge|beitrag|aufnahme|ausgabe|"
    r"émission|épisode|episodio|emisión|puntata|trasmissione|aflevering|uitzending|episódio)\b[^.!?]{0,40}?"
    r"(?:(?:no longer|not|nicht (?:mehr|länger)|n['’](?:est|a) plus|ya no|non (?:è|e['’]) più|niet (?:meer|langer)|"
    r"não) (?:\w+ ){0,2}(?:available|accessible|playable|online|heard|verfügbar|abrufbar|anhörbar|nachhörbar|zu hören|"
    r"disponible|accessible|disponibile|ascoltabile|beschikbaar|te beluisteren|disponível)|unavailable|depubliziert|"
    r"has (?:now )?expired|has been removed|ist abgelaufen|a expiré|ha caducado|è scadut[oa]|is verlopen)",
    re.IGNORECASE,
)
_ON_AIR = frozenset({"onair", "nowonair", "onairnow", "currentlyonair", "aufsendung", "jetztaufsendung"})
_STATIONS = frozenset(
    {"station", "stationname", "stationid", "radiostation", "sender", "sendername", "emisora", "emittente", "zender"}
)
_MADE_UP = frozenset({"synthetic", "issynthetic", "istts", "tts", "aigenerated", "isaigenerated", "texttospeech"})
_MAKERS = frozenset({"provider", "vendor", "engine", "origin", "source", "purpose", "role", "variant", "generator"})
_LONGEST_LABEL = 200
_KINDS = frozenset({"type", "kind", "typ", "tipo", "mediatype", "contenttype"})
_KIND_OF_NONE = re.compile(rf"{_ADVERT_WORDS}|{_TUNE_WORDS}|{_LIVE_WORDS}|{_READ_ALOUD_WORDS}|trailer|teaser|preview")
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


def says_it_is_gone(text: str) -> bool:
    """Whether a page's text says of its one programme that it can no longer be heard."""
    return _GONE.search(text) is not None


def is_beside_the_episode(place: str, label: str) -> bool:
    """Whether an element, by its names or by what it says, plays the station live or reads the page out."""
    return bool(_LIVE_PLACE.search(place) or _READ_ALOUD.search(place) or _READING_LABEL.fullmatch(label.strip()))


def is_at_another_kind_of_address(url: str) -> bool:
    """Whether host, folder or file is called an advertisement's, a tune's, a live stream's or a reading voice's."""
    parts = urlsplit(url)
    labels = as_words(parts.hostname or "").split(".")
    *folders, file = as_words(parts.path).strip("/").split("/")
    stem = file.partition(".")[0]
    return bool(
        _SELLING_HOST.fullmatch(labels[0])
        or _LIVE_HOST.fullmatch(labels[0])
        or any(_READING_HOST.fullmatch(label) for label in labels)
        or any(_FOLDER_OF_NONE.fullmatch(name) for name in (*folders, stem))
        or not folders
        and _MOUNT.fullmatch(stem)
        or _STREAMING_HOST.fullmatch(labels[0])
        and any(_LIVE_FILE.fullmatch(name) for name in (*folders, stem))
    )


def streams_a_station(node: Mapping[str, Any], name: str) -> bool:
    """Whether an address of this name leads to what a station sends, which the object names."""
    return "stream" in name.lower() and any(key_of(str(key)) in _STATIONS for key in node)


def is_flagged(node: Mapping[str, Any]) -> bool:
    """Whether an object says of itself that it is live, an advertisement, a tune, a word to hear, or an article."""
    return any(_is_flag(key_of(str(name)), value) for name, value in node.items())


def _is_flag(key: str, value: Any) -> bool:
    if key in _IS_LIVE | _MADE_UP and (value is True or value in ("true", "1")):
        return True
    if key in _ON_AIR:
        return bool(value) and (isinstance(value, dict) or isinstance(value, str) and _is_a_name(value))
    if not isinstance(value, str):
        return False
    words = as_words(value[:_LONGEST_LABEL]).replace(" ", "_")
    return (
        key in _WORDS_OF_A_LESSON
        or key in _KINDS
        and bool(_KIND_OF_NONE.fullmatch(words))
        or key in _MAKERS
        and bool(_READING_HOST.fullmatch(words))
        or bool(len(value) <= _LONGEST_LABEL and _READING_LABEL.fullmatch(value.strip()))
    )


def _is_a_name(value: str) -> bool:
    """Whether a text names a programme, and is neither a word for no nor a day."""
    return value.lower() not in ("false", "no", "nein", "non") and not value[:1].isdecimal()


def is_no_episode(title: str | None, length: float | None) -> bool:
    """Whether a title and a length are those of a live stream, of a tune or of a word."""
    return length < _SHORTEST if length else bool(_LIVE_TITLE.search(title or ""))


def is_foreign(title: str | None, page: Iterable[str]) -> bool:
    """Whether a title of several words has none that tells in common with any title of the page it stands on."""
    here = " ".join(page).casefold()
    telling = [word for word in re.findall(r"\w+", (title or "").casefold()) if len(word) >= _TELLING]
    return bool(here) and len(telling) > 1 and not any(word in here for word in telling)
