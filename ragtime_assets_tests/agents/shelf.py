"""A corpus for the agent that answers: passages that are always found, and the check of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
from ragtime_assets.adapters.language.sentences import NupunktSplitter
from ragtime_assets.domain.answering.checking import AnswerCheck
from ragtime_assets.domain.answering.listed import ListedEntity, ListedEpisode
from ragtime_assets.domain.answering.proper_names import NameSense
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import Filters
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import InvalidSubmission


def answer_check() -> AnswerCheck:
    """The check, with the packs of names."""
    sense = NameSense(load_vocabulary("core", "jazz"))
    return AnswerCheck(sense, NupunktSplitter().split, FastTextLanguageDetector().detect)


@dataclass
class Shelf:
    """Passages that are always found, and what was asked for."""

    passages: Sequence[Passage]
    asked: list[tuple[str, Filters]] = field(default_factory=list[tuple[str, Filters]])
    windows: list[int] = field(default_factory=list[int])
    name: str = "Django Reinhardt"
    """What episodes and entities are called."""

    def search(self, query: str, limit: int, filters: Filters) -> Sequence[Passage]:
        self.asked.append((query, filters))
        if filters.show == "Nope":
            raise InvalidSubmission(f"no show is called 'Nope'; there is {self.name}")
        return self.passages[:limit]

    def window(self, passage: Passage, around: int) -> Sequence[Passage]:
        self.windows.append(around)
        return [one for one in self.passages if abs(one.index - passage.index) <= around]

    def episodes(self, words: str, limit: int) -> Sequence[ListedEpisode]:
        return [ListedEpisode("one", self.name, self.name, "2026-03-01")]

    def entities(self, name: str, limit: int) -> Sequence[ListedEntity]:
        return [ListedEntity("e1", self.name, "person", self.name, 2)]
