"""What people see on every materialisation: facts, a preview, links. Never a whole text, never a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import singledispatch

import dagster as dg

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX, TraceStep
from ragtime_assets.domain.figures import clock, size
from ragtime_assets.domain.money.spending import Total
from ragtime_assets.phases.listening.renderings import RENDERINGS

Metadata = dict[str, dg.MetadataValue]

_md = dg.MetadataValue.md
_text = dg.MetadataValue.text
_int = dg.MetadataValue.int
_float = dg.MetadataValue.float
_url = dg.MetadataValue.url

PREVIEW = 600


def metadata_of(artifact: Artifact, envelope: Envelope, store: ArtifactStore) -> Metadata:
    """The facts of this artifact, and where it lies."""
    where = {
        "engine": _text(artifact.engine),
        "seconds": _float(envelope.seconds),
        "artifact": _url(store.url(envelope.asset, envelope.key)),
    }
    if isinstance(artifact, EpisodeDetails | AudioFile):
        where["trace"] = _url(store.url(envelope.asset, envelope.key, TRACE_SUFFIX))
    if isinstance(artifact, Transcript):
        where |= {suffix: _url(store.url(envelope.asset, envelope.key, suffix)) for suffix in RENDERINGS}
    if isinstance(artifact, EpisodeReport):
        where["report"] = _url(store.url(envelope.asset, envelope.key, "md"))
    return _facts(artifact) | where


def spent(total: Total) -> Metadata:
    """What the calls for an artifact cost; nothing when there were none."""
    if not total.calls:
        return {}
    told: Metadata = {"model_calls": _int(total.calls), "tokens": _int(total.tokens.total)}
    if total.cost is not None:
        told["cost_usd"] = _float(float(total.cost))
    if total.unpriced:
        told["calls_without_price"] = _int(total.unpriced)
    return told


@singledispatch
def _facts(artifact: Artifact) -> Metadata:
    return {}


@_facts.register
def _(details: EpisodeDetails) -> Metadata:
    facts: Metadata = {
        "title": _text(details.title),
        "show": _text(details.show or "unknown"),
        "outcome": _text(details.outcome),
        "audio_addresses": _int(len(details.audio)),
        "publisher_transcripts": _int(len(details.transcripts)),
        "page": _url(details.page_url),
        "preview": _md(_cut(details.description) or "_no show notes_"),
        "tried": _md(_table(("step", "on", "outcome", ""), [_step(one) for one in details.trace])),
    }
    if details.published:
        facts["published"] = dg.MetadataValue.timestamp(details.published)
    if details.language:
        facts["language"] = _text(details.language)
    return facts


@_facts.register
def _(audio: AudioFile) -> Metadata:
    tried = [(one.tier, one.url, one.outcome, one.error or size(one.bytes)) for one in audio.attempts]
    recognised: Metadata = {"recognised": _text(audio.recognised)} if audio.recognised else {}
    return recognised | {
        "duration": _text(clock(audio.facts.duration)),
        "duration_seconds": _float(audio.facts.duration),
        "size": _text(size(audio.bytes)),
        "codec": _text(f"{audio.facts.codec} in {audio.facts.container}"),
        "audio": _url(audio.url),
        "tier": _text(audio.tier),
        "sha256": _text(audio.sha256),
        "tried": _md(_table(("tier", "address", "outcome", ""), tried)),
    }


@_facts.register
def _(transcript: Transcript) -> Metadata:
    speakers = sorted({segment.speaker for segment in transcript.segments if segment.speaker})
    return {
        "language": _text(transcript.language),
        "words": _int(transcript.word_count),
        "segments": _int(len(transcript.segments)),
        "timing_source": _text(transcript.timing_source),
        "offset_seconds": _float(transcript.offset or 0.0),
        "speakers": _text(", ".join(speakers) or "unknown"),
        "chapters": _int(len(transcript.chapters)),
        "preview": _md(_lines((segment.start, segment.text) for segment in transcript.segments[:6])),
    }


@_facts.register
def _(summary: Summary) -> Metadata:
    return {
        "language": _text(summary.language),
        "words": _int(len(summary.text.split())),
        "preview": _md(f"**{summary.line}**\n\n{_cut(summary.text)}"),
        "key_moments": _md(_lines((moment.start, moment.title) for moment in summary.key_moments)),
    }


@_facts.register
def _(chunks: Chunks) -> Metadata:
    words = [chunk.words for chunk in chunks.chunks]
    return {
        "chunks": _int(len(words)),
        "words_per_chunk": _float(round(sum(words) / len(words), 1) if words else 0.0),
        "preview": _md(_lines((chunk.start, _cut(chunk.text, 160)) for chunk in chunks.chunks[:5])),
    }


@_facts.register
def _(entities: Entities) -> Metadata:
    counts = Counter((mention.name, mention.type) for mention in entities.mentions)
    rows = [(name, kind, str(count)) for (name, kind), count in counts.most_common(15)]
    return {
        "mentions": _int(len(entities.mentions)),
        "names": _int(len(counts)),
        "dropped": _int(entities.dropped),
        "preview": _md(_table(("name", "type", "mentions"), rows)),
    }


@_facts.register
def _(links: EntityLinks) -> Metadata:
    rows = [(link.name, link.canonical_name, link.type, link.method) for link in links.links[:15]]
    return {
        "entities": _int(len({link.entity_id for link in links.links})),
        "new": _int(sum(link.method == "new" for link in links.links)),
        "preview": _md(_table(("name", "entity", "type", "decided by"), rows)),
    }


@_facts.register
def _(embeddings: Embeddings) -> Metadata:
    return {"vectors": _int(len(embeddings.chunk_digests)), "dimension": _int(embeddings.dimension)}


@_facts.register
def _(index: SearchIndex) -> Metadata:
    return {
        "points": _int(index.points),
        "passages": _int(index.passages),
        "collection": _text(index.collection),
        "generation": _text(index.generation),
    }


@_facts.register
def _(report: EpisodeReport) -> Metadata:
    return {
        "title": _text(report.title or "unknown"),
        "complete": dg.MetadataValue.bool(report.complete),
        "preview": _md(report.markdown[: 8 * PREVIEW]),
    }


def _cut(text: str, longest: int = PREVIEW) -> str:
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " ..."


def _lines(moments: Iterable[tuple[float, str]]) -> str:
    return "\n\n".join(f"`{clock(start)}` {text}" for start, text in moments)


def _step(step: TraceStep) -> tuple[str, str, str, str]:
    return step.tool, " ".join(step.arguments.values()), step.outcome, step.output


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cut(cell, 200).replace("|", "\\|") for cell in line) + " |" for line in lines)
