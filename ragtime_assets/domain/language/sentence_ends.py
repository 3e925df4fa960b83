"""Where timed words are cut into segments: after a sentence, at a pause, or when they become too many.

What a sentence is in a whole text is a splitter's to say (`timed_sentences.py`).
"""

from __future__ import annotations

LONGEST = 40
"""Words in a segment; what is longer is cut, because a segment is never split later."""
_ENDS = (".", "?", "!", "\u2026", "\u3002", "\uff1f", "\uff01")
_QUOTES = "\"'\u2019\u201d\u00bb)\u300d"
_FEW_WORDS = 3
"""A sentence of so many words stays with the next."""
_LONGEST_PAUSE = 1.5


def ends_sentence(word: str) -> bool:
    """Whether a sentence ends with this word."""
    return word.rstrip().rstrip(_QUOTES).endswith(_ENDS)


def sentence_over(count: int, last: str) -> bool:
    """Whether so many words, of which this is the last, are a sentence to be cut off."""
    return count > _FEW_WORDS and ends_sentence(last)


def over(count: int, last: str, pause: float) -> bool:
    """Whether so many words, of which this is the last, are a segment when the next comes after a `pause`."""
    return sentence_over(count, last) or count >= LONGEST or pause > _LONGEST_PAUSE
