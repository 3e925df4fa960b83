"""Who speaks: the names that captions give, as the publisher credits them. Nobody is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ragtime_assets.domain.artifacts.episode_details import Person
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.text.titles import comparable


def credited(segments: Sequence[Segment], persons: Iterable[Person]) -> tuple[Segment, ...]:
    """The segments with each speaker's name as it is credited, where it can only mean one person."""
    names = tuple(dict.fromkeys(person.name for person in persons))
    labels = {segment.speaker for segment in segments if segment.speaker}
    known = {label: full_name(label, names) for label in labels}
    return tuple(
        segment.model_copy(update={"speaker": known[segment.speaker]}) if segment.speaker else segment
        for segment in segments
    )


def full_name(label: str, names: Sequence[str]) -> str:
    """The one name that has all words of the label, or whose words the label has; else the label."""
    said = set(comparable(label).split())
    meant = [name for name in names if (words := set(comparable(name).split())) and (said <= words or words <= said)]
    return meant[0] if said and len(meant) == 1 else label
