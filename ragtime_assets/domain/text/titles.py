"""Titles of episodes and names of shows: when two are the same, and what is none."""

from __future__ import annotations

import re
import unicodedata

from ragtime_assets.domain.text.lines import LONGEST_LINE, one_line

_PODCAST_WORDS = re.compile(
    r"\b(podcasts?|episodes?|folgen?|episodio|épisode|episódio|episodi|aflevering|avsnitt|afsnit|odcinek|jakso|bölüm)\b"
    r"|エピソード|ポッドキャスト",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:https?://)?(?:(?:[\w-]+\.)+[^\W\d_]{2,}|localhost|\d+(?:\.\d+){3})\.?(?::\d+)?(?:/\S*)?")


def comparable(text: str, longest: int = LONGEST_LINE) -> str:
    """`text` as titles are compared: words in a row, without case and punctuation; accents stay."""
    folded = unicodedata.normalize("NFKC", one_line(text, longest)).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def looks_like_host(text: str) -> bool:
    """Whether `text` is shaped like the name of a server, which is nobody's name for a show."""
    return _HOST.fullmatch(text.strip().casefold()) is not None


def speaks_of_podcasts(text: str) -> bool:
    """Whether a text names an episode or a podcast, in one of the languages that such pages are in."""
    return bool(_PODCAST_WORDS.search(text))
