"""What audio is looked into and heard with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.settings import revealed
from ragtime_assets.studio.fetching import Fetching

if TYPE_CHECKING:
    from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
    from ragtime_assets.phases.listening.captions import TranscriptTools
    from ragtime_assets.ports import AudioProbe, CaptionReader, LanguageDetector, SpotListener, Transcriber


class Listening(Fetching):
    """Captions and speech."""

    @cached_property
    def probe(self) -> AudioProbe:
        """Looks into audio files."""
        from ragtime_assets.adapters.audio.probe import AvAudioProbe

        return AvAudioProbe()

    @cached_property
    def captions(self) -> CaptionReader:
        """Reads publishers' captions."""
        from ragtime_assets.adapters.captions.reader import PublisherCaptionReader

        return PublisherCaptionReader()

    @cached_property
    def transcriber(self) -> Transcriber:
        """Listens."""
        if self.settings.transcriber == "openai":
            from ragtime_assets.adapters.speech.openai_transcriber import OpenAITranscriber
            from ragtime_assets.adapters.speech.transcription_endpoint import TranscriptionEndpoint

            url, model = self.settings.transcription_url, self.settings.transcription_model
            key = revealed(self.settings.transcription_api_key)
            endpoint = TranscriptionEndpoint(url, model, key, self._user_agent)
            return OpenAITranscriber(endpoint, self.settings.phase_timeout)
        from ragtime_assets.adapters.speech.whisper import WhisperTranscriber

        return WhisperTranscriber(self.settings.whisper_model)

    @cached_property
    def spot_listener(self) -> SpotListener:
        """Listens to a few seconds, to check captions; with the model that also hears whole files."""
        from ragtime_assets.adapters.speech.whisper_spots import WhisperSpotListener

        return WhisperSpotListener(self.settings.whisper_model)

    @cached_property
    def languages(self) -> LanguageDetector:
        """Tells languages apart by text."""
        from ragtime_assets.adapters.language.detector import FastTextLanguageDetector

        return FastTextLanguageDetector()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The entity types."""
        from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary

        return load_vocabulary(self.settings.vocabulary)

    @cached_property
    def transcript_tools(self) -> TranscriptTools:
        """What transcripts are made with, beside the engine that listens."""
        from ragtime_assets.phases.listening.captions import TranscriptTools

        return TranscriptTools(
            self.fetcher, self.captions, self.spot_listener, self.languages, self.store, self.vocabulary
        )
