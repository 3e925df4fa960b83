"""Tells what happened to one episode: a line per phase, and a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport, PhaseLine
from ragtime_assets.domain.facts import in_one_line
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.markdown import address, line, markdown, table
from ragtime_assets.domain.money.spending import Total, dollars


def make_episode_report(
    key: str, url: str, lines: Sequence[PhaseLine], artifacts: Mapping[str, Artifact], total: Total | None = None
) -> EpisodeReport:
    """The report of an episode, as far as it got."""
    details = artifacts.get(EpisodeDetails.asset)
    title, show = (details.title, details.show) if isinstance(details, EpisodeDetails) else (None, None)
    told = tuple(_with_facts(one, artifacts.get(one.asset)) for one in lines)
    sections = [section for artifact in artifacts.values() for section in _sections(artifact)]
    spent = _spent(total) if total and total.calls else ""
    blocks = [_head(key, url, details), _phases(told), spent, _problems(told), *sections, _traces(told)]
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


def _with_facts(one: PhaseLine, artifact: Artifact | None) -> PhaseLine:
    return one.model_copy(update={"facts": in_one_line(artifact.tells())}) if artifact else one


def _sections(artifact: Artifact) -> Iterator[str]:
    for fact in artifact.tells():
        if fact.heading and (shown := markdown(fact.value)):
            yield f"## {fact.heading}\n\n{shown}"


def _head(key: str, url: str, details: Artifact | None) -> str:
    if not isinstance(details, EpisodeDetails):
        return f"# {key}\n\n{address(url)}"
    published = details.published.date().isoformat() if details.published else ""
    known = [line(details.show), published, address(details.page_url)]
    return f"# {line(details.title)}\n\n" + " · ".join(filter(None, known)) + f"\n\n`{key}`"


def _phases(lines: Sequence[PhaseLine]) -> str:
    rows = [
        (one.asset, one.state, one.engine or "", "" if one.seconds is None else f"{one.seconds:.1f} s", one.facts)
        for one in lines
    ]
    return table(("phase", "state", "engine", "took", "made"), rows)


def _spent(total: Total) -> str:
    cost = "unknown cost" if total.cost is None else dollars(total.cost)
    unpriced = f", {plural(total.unpriced, 'call')} without a price" if total.unpriced else ""
    return f"{plural(total.calls, 'model call')}, {total.tokens.total:,} tokens, {cost}{unpriced}."


def _problems(lines: Sequence[PhaseLine]) -> str:
    told = [_problem(one.asset, one.error, one.remedy or "") for one in lines if one.error]
    return "\n\n".join(["## What went wrong", *told]) if told else ""


def _problem(asset: str, error: str, remedy: str) -> str:
    """The lines below the first name what was tried: they become a list."""
    said, *attempts = error.splitlines()
    tried = [f"- {line(attempt.removeprefix('- '))}" for attempt in attempts if attempt.strip()]
    blocks = [f"**{asset}**: {line(said)}", "\n".join(tried), line(remedy)]
    return "\n\n".join(block for block in blocks if block)


def _traces(lines: Sequence[PhaseLine]) -> str:
    told = [f"- [{one.asset}]({one.trace})" for one in lines if one.trace]
    return "## Every step that was tried\n\n" + "\n".join(told) if told else ""
