"""What text is read with: languages, sentences, entity types, and models that write and read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller
    from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
    from ragtime_assets.ports import (
        EntityReader,
        LanguageDetector,
        LinkChooser,
        Progress,
        SentenceSplitter,
        SummaryWriter,
    )
    from ragtime_assets.settings import Settings


class Reading:
    """Text and its readers."""

    def __init__(self, settings: Settings) -> None:
        """Read in the vocabulary that the settings name."""
        self._settings = settings

    @cached_property
    def languages(self) -> LanguageDetector:
        """Tells languages apart by text."""
        from ragtime_assets.adapters.language.detector import FastTextLanguageDetector

        return FastTextLanguageDetector()

    @cached_property
    def splitter(self) -> SentenceSplitter:
        """Cuts text into sentences."""
        from ragtime_assets.adapters.language.sentences import NupunktSplitter

        return NupunktSplitter()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The entity types."""
        from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary

        return load_vocabulary(*self._settings.vocabulary)

    def summary_writer(self, caller: ModelCaller | None, progress: Progress) -> SummaryWriter | None:
        """Who writes summaries through `caller`; None when there is none."""
        from ragtime_assets.agents.summary import ModelSummaryWriter

        return ModelSummaryWriter(caller, self.languages, progress) if caller else None

    def entity_reader(self, caller: ModelCaller | None, progress: Progress) -> EntityReader | None:
        """Who reads entities through `caller`; None when there is none."""
        from ragtime_assets.agents.entities import ModelEntityReader

        return ModelEntityReader(caller, progress) if caller else None

    def link_chooser(self, caller: ModelCaller | None) -> LinkChooser | None:
        """Who chooses through `caller` whom names mean that rules cannot tell; None when there is none."""
        from ragtime_assets.agents.linker import ModelLinkChooser

        return ModelLinkChooser(caller) if caller else None
