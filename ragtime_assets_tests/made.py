"""One artifact of each kind, and the line that tells of it."""

from __future__ import annotations

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile, TierAttempt
from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink, EntityLinks, LinkDecision
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.summary import KeyMoment, Summary, TimedSentence
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets_tests.fakes import FACTS, details_of, segments_of

KEY = "show-example-one-0123456789ab"
URL = "https://show.example/one"


def audio(error: str | None = None, url: str = "https://show.example/one.mp3") -> AudioFile:
    tried = TierAttempt(tier="direct", url=url, outcome="failed", seconds=1, error=error or "404")
    won = TierAttempt(tier="feed", url=URL, outcome="ok", seconds=2, bytes=1_400_000)
    return AudioFile(engine="av", sha256="a", bytes=1_400_000, facts=FACTS, url=URL, tier="feed", attempts=(tried, won))


def mention(name: str) -> Mention:
    return Mention(type="musician", name=name, surface=name, chunk=0, start=0, context=name)


def link(name: str) -> EntityLink:
    return EntityLink(type="t", name=name, entity_id=name, canonical_name=name, mentions=1)


def decision(name: str, outcome: str) -> LinkDecision:
    fields = {"type": "t", "name": name, "outcome": outcome, "reason": "only_of_name", "sentence": "exact name"}
    return LinkDecision.model_validate(fields)


def summary(line: str = "A line.", title: str = "The beginning") -> Summary:
    sentence = TimedSentence(text="Two words.", start=0, end=1)
    return Summary(
        engine="e",
        language="en",
        line=line,
        paragraphs=((sentence, sentence), (sentence,)),
        key_moments=(KeyMoment(start=754, title=title),),
    )


CHUNK = Chunk(index=0, digest="d", text="t", start=0, end=1, first_segment=0, last_segment=0, words=1)
ARTIFACTS: dict[str, tuple[Artifact, str]] = {
    "episode_details": (details_of(), "ok, 1 audio address"),
    "audio_file": (audio(), "1:00, mp3 in mp3, 1.4 MB"),
    "transcript": (
        Transcript(
            engine="e", language="en", duration=754, timing_source="audio", segments=segments_of(["one two three"])
        ),
        "3 words, en, 12:34",
    ),
    "summary": (summary(), "6 words, 1 key moment"),
    "chunks": (Chunks(engine="e", language="en", chunks=(CHUNK, CHUNK)), "2 chunks"),
    "entities": (
        Entities(engine="e", language="en", mentions=(mention("Django"), mention("Django"))),
        "2 mentions, 1 name",
    ),
    "entity_links": (
        EntityLinks(
            engine="e", links=(link("a"), link("b")), decisions=(decision("a", "linked"), decision("b", "unknown"))
        ),
        "2 names, 1 linked",
    ),
    "embeddings": (
        Embeddings(engine="e", dimension=384, chunk_digests=("d",), vectors="v"),
        "1 vector, 384 dimensions",
    ),
    "search_index": (
        SearchIndex(engine="e", collection="c", generation="1", points=2, passages=2),
        "2 points, 2 passages",
    ),
}
