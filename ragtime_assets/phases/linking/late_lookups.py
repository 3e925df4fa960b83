"""Names that an episode had no time for are looked up in the background, however long it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.phases.linking.musicbrainz import hits_of, kinds_of
from ragtime_assets.ports import MusicDatabase


def look_up_late(
    waiting: Mapping[str, Sequence[Name]],
    music: MusicDatabase,
    vocabulary: Vocabulary,
    rules: Rules,
    deadline: Deadline,
) -> Iterator[str]:
    """The episodes of which every name was looked up; what was answered is remembered by `music`.

    Raises TransientError when MusicBrainz is down, and ends when there is no more time.
    """
    for episode, names in waiting.items():
        for name in names:
            if deadline.left() <= 0:
                return
            for _ in hits_of(music, name, list(kinds_of(name, vocabulary, rules)), deadline):
                pass
        if deadline.left() <= 0:
            return
        yield episode
