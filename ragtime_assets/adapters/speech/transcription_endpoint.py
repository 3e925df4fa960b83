"""An OpenAI-compatible endpoint that hears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ragtime_assets.adapters.web.openai_endpoint import OpenAIEndpoint
from ragtime_assets.domain.deadline import Deadline

Form = Mapping[str, str | list[str]]

_SLOWEST = 2.0
"""Seconds that a second of sound may take, before nobody waits for it any more; and a minute for all."""


class TranscriptionEndpoint(OpenAIEndpoint):
    """Where sound is sent."""

    does: ClassVar = "hear"
    settings: ClassVar = ("RAGTIME_TRANSCRIPTION_URL", "RAGTIME_TRANSCRIPTION_MODEL", "RAGTIME_TRANSCRIPTION_API_KEY")
    other_model: ClassVar = "Set RAGTIME_TRANSCRIPTION_MODEL to a model that gives timestamps, such as whisper-1."

    def send(self, form: Form, name: str, upload: bytes, seconds: float, deadline: Deadline) -> str:
        """The body of the answer about a file of so many seconds."""
        files = {"file": (name, upload, "application/octet-stream")}
        return self.post("audio/transcriptions", 60 + _SLOWEST * seconds, deadline, data=dict(form), files=files)
