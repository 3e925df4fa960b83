"""Where timed words are cut into segments: after a sentence, at a pause, or when they become too many.

What a sentence is in a whole text is a splitter's to say (`phases/reading/timed_sentences.py`).
"""

from __future__ import annotations

LONGEST = 40
"""Words in a segment; what is longer is cut, because passages are cut between segments."""
FULL_WIDTH_ENDS = "\u3002\uff1f\uff01\uff61\uff0e"
"""Ends of sentences in Chinese and Japanese: no space follows them."""
ENDS = ".?!\u2026\u061f\u06d4\u0964" + FULL_WIDTH_ENDS
"""Every mark that ends a sentence: Latin, Arabic, Urdu, Hindi, Chinese and Japanese."""
CLOSING_QUOTES = "\"'\u2019\u201d\u00bb)\u300d\u300f\uff09"
_FEW_WORDS = 3
"""A sentence of so many words stays with the next."""
_LONGEST_PAUSE = 1.5


def ends_sentence(word: str) -> bool:
    """Whether a sentence ends with this word."""
    return word.rstrip().rstrip(CLOSING_QUOTES).endswith(tuple(ENDS))


def sentence_over(count: int, last: str) -> bool:
    """Whether so many words, of which this is the last, are a sentence to be cut off."""
    return count > _FEW_WORDS and ends_sentence(last)


def over(count: int, last: str, pause: float) -> bool:
    """Whether so many words, of which this is the last, are a segment when the next comes after a `pause`."""
    return sentence_over(count, last) or count >= LONGEST or pause > _LONGEST_PAUSE
