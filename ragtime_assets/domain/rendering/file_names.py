"""Names of files from titles: safe on every file system and in links, and each given once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from ragtime_assets.domain.text.lines import one_line

LONGEST_BYTES = 180
"""File systems take 255, and a suffix follows."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|#^\[\]%\x00-\x1f]+')
"""What Windows, macOS or the links of Obsidian give a meaning of its own."""
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\..*)?", re.IGNORECASE)
_EDGES = " .~-_"


def file_name(title: str, otherwise: str) -> str:
    """The title as the name of a file without its suffix; `otherwise` where nothing of it is left."""
    name = _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", one_line(title)))
    name = _cut(re.sub(r"\s*-(\s*-)+\s*", " - ", name).strip(_EDGES), LONGEST_BYTES).strip(_EDGES)
    if not re.search(r"\w|[^\x00-\x7f]", name):
        return otherwise
    return f"{name}_" if _RESERVED.fullmatch(name) else name


def candidates(title: str, key: str) -> tuple[str, ...]:
    """The names that an episode may have, the plainest first; the last has its whole key, and is nobody else's."""
    name = file_name(title, key)
    return (name, f"{name} {key[-12:]}", f"{name} {key}")


class FileNames:
    """Names that are given, each once.

    Case and composition of letters do not count: macOS and Windows take names that differ in them for one.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """None that is `taken` is given."""
        self._taken = set(map(_compared, taken))

    def give(self, title: str, key: str) -> str:
        """A free name; where the title alone is taken, it has a part of the key."""
        possible = candidates(title, key)
        found = next((name for name in possible if _compared(name) not in self._taken), possible[-1])
        self.take(found)
        return found

    def take(self, name: str) -> None:
        """Give this name to nobody."""
        self._taken.add(_compared(name))

    def free(self, name: str) -> None:
        """Let a name be given again."""
        self._taken.discard(_compared(name))


def file_names(titles: Mapping[str, str]) -> dict[str, str]:
    """By key, a name that no other has; of two of one title, the later gets a part of its key."""
    names = FileNames()
    return {key: names.give(title, key) for key, title in titles.items()}


def _compared(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _cut(text: str, most: int) -> str:
    """The text in at most so many bytes of UTF-8; a character is not cut, nor what is joined to one."""
    if len(text.encode()) <= most:
        return text
    kept = text.encode()[:most].decode(errors="ignore")
    while kept and _joins(text[len(kept)]):
        kept = kept[:-1]
    return kept.removesuffix("\u200d")


def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it: an accent, a joiner, a variant or a skin tone of an emoji."""
    is_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return character in "\u200c\u200d\ufe0f" or is_tone or unicodedata.combining(character) > 0
