"""Text as words that can be compared, each with its place, its capital and the gap before it.

Where words are not written apart, each sign is one, so that a name is found inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ragtime_assets.domain.language.sentence_ends import ENDS
from ragtime_assets.domain.language.words import SOUTH_EAST_ASIAN, folded, signs

# Initials such as "J.J." are one word; "don't" is one, and what a hyphen joins is two.
_LETTER = rf"(?:[^\W_]|[{SOUTH_EAST_ASIAN}])"
"""With the marks of Thai and its neighbours, without which words are not the same."""
_WORD = re.compile(rf"(?:[A-Z]\.){{2,}}|{_LETTER}+(?:['’]{_LETTER}+)*")
_JOINING = frozenset({" ", "・", "·", "-", "‑", " & ", "&", "/", "'", "’", "' ", "’ ", " '", " ’", "! "})
_SENTENCE_END = re.compile(rf"[{ENDS}]|\n\n")
_ABBREVIATIONS = frozenset({"dr", "mr", "mrs", "ms", "st", "jr", "sr", "prof", "vs", "feat", "bros", "mt"})

TOGETHER, APART, SENTENCE = 0, 1, 2
"""What stands before a word: nothing that separates, a comma or the like, the end of a sentence."""


@dataclass(slots=True)
class Tokens:
    """The words of one text, as columns; `folded[i]` is how word i is compared."""

    text: str
    starts: list[int] = field(default_factory=list[int])
    ends: list[int] = field(default_factory=list[int])
    folded: list[str] = field(default_factory=list[str])
    capital: list[bool] = field(default_factory=list[bool])
    possessive: list[bool] = field(default_factory=list[bool])
    gap: list[int] = field(default_factory=list[int])

    def __len__(self) -> int:
        """How many words there are."""
        return len(self.starts)

    def slice(self, first: int, end: int) -> str:
        """The text of the words from `first` up to `end`, as it stands."""
        return self.text[self.starts[first] : self.ends[end - 1]]

    def joined(self, index: int) -> bool:
        """Whether a word at `index` exists and follows the one before without a break."""
        return 0 < index < len(self.starts) and self.gap[index] == TOGETHER


def tokenise(text: str) -> Tokens:
    """The words of `text`."""
    tokens = Tokens(text)
    end = 0
    for start, word in _words(text):
        possessive = word[-2:] in {"'s", "’s"}
        owner = word[:-2] if possessive else word
        tokens.gap.append(_gap(tokens, text[end:start]))
        tokens.starts.append(start)
        tokens.ends.append(start + len(owner))
        tokens.folded.append(folded(owner))
        tokens.capital.append(owner[0].isupper())
        tokens.possessive.append(possessive)
        end = start + len(word)
    return tokens


def folded_words(text: str) -> list[str]:
    """The words of `text` as they are compared, sign by sign without spaces; a possessive counts as its owner."""
    owners = (word[:-2] if word[-2:] in {"'s", "’s"} else word for word in _WORD.findall(text))
    return [folded(sign) for word in owners for sign in signs(word)]


def _words(text: str) -> Iterator[tuple[int, str]]:
    """The words of `text` and where they begin."""
    for found in _WORD.finditer(text):
        start = found.start()
        for sign in signs(found.group()):
            yield start, sign
            start += len(sign)


def _gap(tokens: Tokens, between: str) -> int:
    if not tokens.starts:
        return SENTENCE
    if not between or between in _JOINING:
        return TOGETHER
    if _SENTENCE_END.search(between):
        before = tokens.folded[-1]
        initial = len(before) == 1 and tokens.capital[-1] and before != "i"
        return TOGETHER if between == ". " and (initial or before in _ABBREVIATIONS) else SENTENCE
    return TOGETHER if between.isspace() else APART
