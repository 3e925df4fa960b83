"""The transcript: the publisher's captions when they can be trusted, else what is heard, in the publisher's words.

What is passed over, and why, goes into the transcript's notes. Which captions can be trusted is `captions.py`;
how captions are read and how speech is heard are adapters' business.
"""

from __future__ import annotations

from typing import Literal

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.language.tags import SURE, language_code, reads_alike, same_language
from ragtime_assets.errors import InvalidCaptions, NoSpeech, OutputInvalid
from ragtime_assets.phases.listening.captions import TranscriptTools, published
from ragtime_assets.phases.listening.captions_trust import LIKELY, disordered
from ragtime_assets.phases.listening.chapters import chapters_of
from ragtime_assets.phases.listening.likely_names import likely_names
from ragtime_assets.phases.listening.local_audio import local_audio
from ragtime_assets.phases.listening.name_repair import with_names
from ragtime_assets.phases.listening.published_text import Note, PublishedText, as_published
from ragtime_assets.phases.listening.segment_languages import with_languages
from ragtime_assets.phases.listening.speakers import credited
from ragtime_assets.ports import Account, Hints, Journal, LanguageDetector, Progress, Transcriber

Mode = Literal["auto", "publisher", "whisper", "openai"]

_LISTEN = (
    "Set RAGTIME_TRANSCRIBER=auto to listen, and to take the publisher's words where they are heard; "
    "then `ragtime retry KEY --rebind`."
)


def make_transcript(
    details: EpisodeDetails,
    audio: AudioFile,
    *,
    mode: Mode,
    tools: TranscriptTools,
    transcriber: Transcriber,
    progress: Progress,
    journal: Journal | None = None,
    account: Account | None = None,
) -> Transcript:
    """What is said in the episode, in order of time; raises NoSpeech when nothing is.

    What was heard before a crash comes from the `journal`; what listening costs is on the `account`.
    """
    notes: list[str] = []

    def note(what: str) -> None:
        notes.append(what)
        progress(0, audio.facts.duration, what)

    found, texts = None, list[PublishedText]()
    if mode in ("auto", "publisher"):
        found, texts = published(details, audio, tools, note, insist=mode == "publisher")
        if found is None and mode == "publisher":
            raise InvalidCaptions(
                "no captions of the publisher can be used: " + ("; ".join(notes) or "none are offered"),
                remedy=_LISTEN if texts else None,
            )
    if found is None:
        with local_audio(tools.blobs, audio) as path:
            names = likely_names(details, tools.vocabulary, _language_of_notes(details, tools.languages))
            heard = transcriber.transcribe(path, audio.facts, Hints(names=names), progress, journal, account)
        found = as_published(_believed(heard, details, tools.languages, note), texts, note)
        if found.source_url is None:  # a publisher knows how names are spelled
            found = with_names(found, names, tools.vocabulary)
        found = found.model_copy(update={"segments": credited(found.segments, details.persons)})
    if not found.word_count:
        raise NoSpeech(f"{found.engine} found no words in {audio.facts.duration:.0f} seconds of audio")
    chapters = chapters_of(details, audio, found.offset or 0.0, tools.fetcher, note)
    segments = with_languages(found.segments, found.language, tools.languages)
    return found.model_copy(update={"segments": segments, "chapters": chapters, "notes": (*found.notes, *notes)})


def _language_of_notes(details: EpisodeDetails, languages: LanguageDetector) -> str:
    """What they read as; many feeds announce English whatever they are in."""
    read, sure = languages.detect(f"{details.title}\n{details.description}")
    return read if sure >= SURE else language_code(details.language) or read


def _believed(heard: Transcript, details: EpisodeDetails, languages: LanguageDetector, note: Note) -> Transcript:
    """What was heard, or OutputInvalid when its times or its language cannot be right."""
    if disordered(heard.segments):
        raise OutputInvalid(
            f"the times that {heard.engine} gave go backwards",
            remedy="ragtime redo KEY --from transcript, or set another RAGTIME_TRANSCRIBER.",
        )
    announced = language_code(details.language)
    if same_language(announced, heard.language):
        return heard
    read, _ = languages.detect(heard.text)
    if announced:
        note(f"{heard.engine} heard {heard.language}, the feed says {announced}, the text reads as {read}")
    elif (heard.language_probability or 1.0) < LIKELY and not reads_alike(read, heard.language):
        raise OutputInvalid(
            f"{heard.engine} took the speech for {heard.language} with a probability of "
            f"{heard.language_probability:.2f}, the text reads as {read}, and the feed names no language",
            remedy="If it is speech, set a larger RAGTIME_WHISPER_MODEL, then `ragtime retry KEY --rebind`.",
        )
    return heard
