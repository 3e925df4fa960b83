"""Tells what happened to one episode: a line per phase, and a page for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import singledispatch

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport, PhaseLine
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.figures import clock, plural, size
from ragtime_assets.domain.money.spending import Total, dollars

MOST_NAMED = 12


def make_episode_report(
    key: str, url: str, lines: Sequence[PhaseLine], artifacts: Mapping[str, Artifact], total: Total | None = None
) -> EpisodeReport:
    """The report of an episode, as far as it got."""
    details = artifacts.get(EpisodeDetails.asset)
    title, show = (details.title, details.show) if isinstance(details, EpisodeDetails) else (None, None)
    told = tuple(
        line.model_copy(update={"facts": facts(artifacts[line.asset])}) if line.asset in artifacts else line
        for line in lines
    )
    sections = [_section(one) for one in artifacts.values()]
    spent = _spent(total) if total and total.calls else ""
    blocks = [_head(key, url, details), _table(told), spent, _problems(told), *sections, _traces(told)]
    return EpisodeReport(
        engine="markdown",
        key=key,
        url=url,
        title=title,
        show=show,
        phases=told,
        spent=spent,
        markdown="\n\n".join(block for block in blocks if block) + "\n",
    )


@singledispatch
def facts(artifact: Artifact) -> str:
    """An artifact in one line."""
    return artifact.engine


@facts.register
def _(details: EpisodeDetails) -> str:
    return f"{details.outcome}, {plural(len(details.audio), 'audio address', 'audio addresses')}"


@facts.register
def _(audio: AudioFile) -> str:
    recognised = f", {audio.recognised}" if audio.recognised else ""
    return f"{clock(audio.facts.duration)}, {audio.facts.codec}, {size(audio.bytes)}{recognised}"


@facts.register
def _(transcript: Transcript) -> str:
    return f"{plural(transcript.word_count, 'word')}, {transcript.language}, {clock(transcript.duration)}"


@facts.register
def _(summary: Summary) -> str:
    return f"{plural(len(summary.text.split()), 'word')}, {plural(len(summary.key_moments), 'key moment')}"


@facts.register
def _(chunks: Chunks) -> str:
    return plural(len(chunks.chunks), "chunk")


@facts.register
def _(entities: Entities) -> str:
    names = {(mention.type, mention.name) for mention in entities.mentions}
    return f"{plural(len(entities.mentions), 'mention')} of {plural(len(names), 'name')}"


@facts.register
def _(links: EntityLinks) -> str:
    new = sum(link.method == "new" for link in links.links)
    return f"{plural(len(links.links), 'entity', 'entities')}, {new} new"


@facts.register
def _(embeddings: Embeddings) -> str:
    return f"{plural(len(embeddings.chunk_digests), 'vector')} of {embeddings.dimension}"


@facts.register
def _(index: SearchIndex) -> str:
    return f"{plural(index.points, 'point')}, {plural(index.passages, 'passage')}"


def _head(key: str, url: str, details: Artifact | None) -> str:
    if not isinstance(details, EpisodeDetails):
        return f"# {key}\n\n<{url}>"
    published = details.published.date().isoformat() if details.published else ""
    known = [_line(details.show), published, f"<{_line(details.page_url)}>"]
    return f"# {_line(details.title)}\n\n" + " · ".join(filter(None, known)) + f"\n\n`{key}`"


def _table(lines: Sequence[PhaseLine]) -> str:
    rows = [
        f"| {line.asset} | {line.state} | {_line(line.engine)} | "
        f"{'' if line.seconds is None else f'{line.seconds:.1f} s'} | {_line(line.facts)} |"
        for line in lines
    ]
    return "\n".join(["| phase | state | engine | took | made |", "|---|---|---|---:|---|", *rows])


def _spent(total: Total) -> str:
    cost = "unknown cost" if total.cost is None else dollars(total.cost)
    unpriced = f", {plural(total.unpriced, 'call')} without a price" if total.unpriced else ""
    return f"{plural(total.calls, 'model call')}, {total.tokens.total:,} tokens, {cost}{unpriced}."


def _problems(lines: Sequence[PhaseLine]) -> str:
    told = [f"- **{line.asset}**: {_line(line.error)}\n  {_line(line.remedy)}" for line in lines if line.error]
    return "## What went wrong\n\n" + "\n".join(told) if told else ""


def _traces(lines: Sequence[PhaseLine]) -> str:
    told = [f"- [{line.asset}]({line.trace})" for line in lines if line.trace]
    return "## Every step that was tried\n\n" + "\n".join(told) if told else ""


@singledispatch
def _section(artifact: Artifact) -> str:
    return ""


@_section.register
def _(audio: AudioFile) -> str:
    rows = [
        f"| {attempt.tier} | {_line(attempt.url)} | {attempt.outcome} | {_line(attempt.error or size(attempt.bytes))} |"
        for attempt in audio.attempts
    ]
    return "\n".join(["## Audio", "", "| tier | address | outcome | |", "|---|---|---|---|", *rows])


@_section.register
def _(summary: Summary) -> str:
    moments = "\n".join(f"- {clock(moment.start)} {_line(moment.title)}" for moment in summary.key_moments)
    return f"## Summary\n\n**{_line(summary.line)}**\n\n{_plain(summary.text)}" + (f"\n\n{moments}" if moments else "")


@_section.register
def _(entities: Entities) -> str:
    counts = Counter((mention.name, mention.type) for mention in entities.mentions)
    named = "\n".join(f"- {_line(name)} ({kind}), {n}x" for (name, kind), n in counts.most_common(MOST_NAMED))
    return f"## Most named\n\n{named}" if named else ""


def _line(text: str | None) -> str:
    return " ".join(_plain(text).split())


def _plain(text: str | None) -> str:
    """Text from outside cannot end a table row or open HTML."""
    return (text or "").replace("|", "\\|").replace("<", "&lt;")
