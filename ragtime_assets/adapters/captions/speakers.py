"""Who speaks, where captions say it in front of the words, as in `Clara: Welcome`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from ragtime_assets.adapters.captions.cues import Cue

_NAME = r"(?:[A-Z\u00c0-\u00de][\w.'\u2019-]*|\d+)"
_LABEL = re.compile(rf"(?:[-\u2013]\s*)?({_NAME}(?: {_NAME}){{0,3}}):(?:\s+|$)")


def labelled(cues: list[Cue]) -> Iterator[Cue]:
    """Speakers from "Name: " at the start of cues, kept until the next name; only where nothing else names them."""
    if any(cue.speaker or cue.words for cue in cues):
        yield from cues
        return
    names = _names(cue.text for cue in cues)
    speaker: str | None = None
    for cue in cues:
        label = _LABEL.match(cue.text)
        if label and label[1] in names:
            speaker = label[1]
            rest = cue.text[label.end() :]
            if rest:
                yield cue._replace(text=rest, speaker=speaker)
        else:
            yield cue._replace(speaker=speaker)


def _names(texts: Iterable[str]) -> frozenset[str]:
    """The labels that are speakers: they come again, open the file, or have the shape of a full name."""
    labels = [label[1] if (label := _LABEL.match(text)) else None for text in texts]
    seen = Counter(label for label in labels if label)
    return frozenset(label for label, times in seen.items() if times > 1 or label == labels[0] or " " in label)
