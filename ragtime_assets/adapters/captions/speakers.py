"""Who speaks, where captions say it in front of the words, as in `Clara: Welcome`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ragtime_assets.adapters.captions.cues import Cue

_NAME = r"(?:[A-Z\u00c0-\u00de][\w.'\u2019-]*|\d+)"
_LABEL = re.compile(rf"(?:[-\u2013]\s*)?({_NAME}(?: {_NAME}){{0,3}}) ?:(?:\s+|$)")


def labelled(cues: list[Cue]) -> Iterator[Cue]:
    """Speakers from "Name: " at the start of cues, kept until the next name; only where nothing else names them."""
    if any(cue.speaker or cue.words for cue in cues):
        yield from cues
        return
    for cue, (speaker, text) in zip(cues, by_label([cue.text for cue in cues]), strict=True):
        if text:
            yield cue._replace(text=text, speaker=speaker)


def by_label(texts: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Who says each text, and the text without the name before it."""
    names = _names(texts)
    speaker: str | None = None
    for text in texts:
        label = _LABEL.match(text)
        if label and label[1] in names:
            speaker = label[1]
            yield speaker, text[label.end() :]
        else:
            yield speaker, text


def begins_with_label(text: str) -> bool:
    """Whether the text begins as one does in front of which stands who says it."""
    return _LABEL.match(text) is not None


def _names(texts: Iterable[str]) -> frozenset[str]:
    """The labels that are speakers: they come again, open the file, or have the shape of a full name."""
    labels = [label[1] if (label := _LABEL.match(text)) else None for text in texts]
    seen = Counter(label for label in labels if label)
    return frozenset(label for label, times in seen.items() if times > 1 or label == labels[0] or " " in label)
