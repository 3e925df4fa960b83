"""The composition root: the one place where settings choose implementations of the ports.

A small class per area, built from what it needs, and everything in it when it is first asked for, so that a command
pays only for what it uses. Dagster gets them one by one, as resources; commands get them together, as a studio.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.studio.index import Index
from ragtime_assets.studio.kept import Kept
from ragtime_assets.studio.knowledge import Knowledge
from ragtime_assets.studio.models import Models
from ragtime_assets.studio.reading import Reading
from ragtime_assets.studio.speech import Speech
from ragtime_assets.studio.web import Web

if TYPE_CHECKING:
    from ragtime_assets.studio.answering import Answering

__all__ = ["Index", "Kept", "Knowledge", "Models", "Reading", "Speech", "Studio", "Web"]


class Studio(Kept):
    """What is kept, and all that works on it."""

    @cached_property
    def web(self) -> Web:
        """The web, and what is read of it."""
        return Web(self)

    @cached_property
    def models(self) -> Models:
        """Calls of models."""
        return Models(self)

    @cached_property
    def reading(self) -> Reading:
        """What text is read with."""
        return Reading(self.settings)

    @cached_property
    def speech(self) -> Speech:
        """Captions and speech."""
        return Speech(self, self.web, self.reading)

    @cached_property
    def knowledge(self) -> Knowledge:
        """MusicBrainz and Wikidata."""
        return Knowledge(self, self.reading)

    @cached_property
    def index(self) -> Index:
        """Vectors and search."""
        return Index(self, self.reading)

    @cached_property
    def answering(self) -> Answering:
        """Answers, and what becomes of them."""
        from ragtime_assets.studio.answering import Answering  # what a search needs none of

        return Answering(self, self.models, self.index, self.reading)
