"""What the words of an episode are had from: captions, or speech."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.settings import checked_setting, revealed
from ragtime_assets.studio.user_agent import user_agent

if TYPE_CHECKING:
    from ragtime_assets.phases.listening.captions import TranscriptTools
    from ragtime_assets.phases.transcript import Mode
    from ragtime_assets.ports import CaptionReader, SpotListener, Transcriber
    from ragtime_assets.settings import Settings
    from ragtime_assets.studio.kept import Kept
    from ragtime_assets.studio.reading import Reading
    from ragtime_assets.studio.web import Web


class Speech:
    """Captions and speech."""

    def __init__(self, kept: Kept, web: Web, reading: Reading) -> None:
        """Audio is in the store of what is kept, captions are on the web, what is heard is read."""
        self._kept = kept
        self._web = web
        self._reading = reading
        self._settings = kept.settings

    @cached_property
    def captions(self) -> CaptionReader:
        """Reads publishers' captions."""
        from ragtime_assets.adapters.captions.reader import PublisherCaptionReader

        return PublisherCaptionReader()

    @cached_property
    def transcriber(self) -> Transcriber:
        """Listens."""
        return self._made(self._settings)

    def bound(self, binding: str | None) -> tuple[Mode, Transcriber]:
        """How an episode is listened to that is bound to this, as in `whisper:small`; as settings say when to nothing.

        Raises ConfigurationError for what does not listen.
        """
        if binding is None or binding == self._settings.engines["transcript"]:
            return self._settings.transcriber, self.transcriber
        mode, _, model = binding.partition(":")
        named = "transcription_model" if mode == "openai" else "whisper_model"
        chosen = {"transcriber": checked_setting("transcriber", mode)}
        if model:
            chosen[named] = checked_setting(named, model)
        settings = self._settings.model_copy(update=chosen)
        return settings.transcriber, self._made(settings)

    def _made(self, settings: Settings) -> Transcriber:
        if settings.transcriber == "openai":
            from ragtime_assets.adapters.speech.openai_transcriber import OpenAITranscriber
            from ragtime_assets.adapters.speech.transcription_endpoint import TranscriptionEndpoint

            url, model = settings.transcription_url, settings.transcription_model
            key = revealed(settings.transcription_api_key)
            endpoint = TranscriptionEndpoint(url, model, key, user_agent(settings))
            seconds, kept = settings.phase_timeout.of("transcript"), self._kept
            return OpenAITranscriber(endpoint, seconds, prices=kept.prices.minutes, budget=kept.budget)
        from ragtime_assets.adapters.speech.whisper import WhisperTranscriber

        return WhisperTranscriber(settings.whisper_model)

    @cached_property
    def spot_listener(self) -> SpotListener:
        """Listens to a few seconds, to check captions; with the model that also hears whole files."""
        from ragtime_assets.adapters.speech.whisper_spots import WhisperSpotListener

        return WhisperSpotListener(self._settings.whisper_model)

    @cached_property
    def tools(self) -> TranscriptTools:
        """What transcripts are made with, beside the engine that listens."""
        from ragtime_assets.phases.listening.captions import TranscriptTools

        return TranscriptTools(
            self._web.fetcher,
            self.captions,
            self.spot_listener,
            self._reading.languages,
            self._kept.store,
            self._reading.vocabulary,
        )
