"""Tells what happened to one episode: a line per phase, what is left to do, and a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import DONE, MISSING, Circumstances, EpisodeReport, PhaseLine
from ragtime_assets.domain.facts import in_one_line
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.money.spending import Total, dollars
from ragtime_assets.domain.outstanding import NOT_ASKED_FOR
from ragtime_assets.errors import DuplicateEpisode
from ragtime_assets.phases.reporting.page import page_of

_NAMED = 5
"""Of the names that may mean several; the page lists them all."""


def make_episode_report(
    key: str,
    url: str,
    lines: Sequence[PhaseLine],
    artifacts: Mapping[str, Artifact],
    total: Total | None = None,
    around: Circumstances | None = None,
) -> EpisodeReport:
    """The report of an episode, as far as it got."""
    around = around or Circumstances()
    details = artifacts.get(EpisodeDetails.asset)
    title, show = (details.title, details.show) if isinstance(details, EpisodeDetails) else (None, None)
    told = tuple(_with_facts(one, artifacts.get(one.asset)) for one in lines)
    spent = _spent(total) if total and total.calls else ""
    unresolved = tuple(_unresolved(told, artifacts, around))
    return EpisodeReport(
        engine="markdown",
        key=key,
        url=url,
        title=title,
        show=show,
        phases=told,
        unresolved=unresolved,
        spent=spent,
        markdown=page_of(key, url, told, artifacts, around, spent, unresolved),
        **dict(around),
    )


def _with_facts(one: PhaseLine, artifact: Artifact | None) -> PhaseLine:
    return one.model_copy(update={"facts": in_one_line(artifact.tells())}) if artifact else one


def _unresolved(lines: Sequence[PhaseLine], artifacts: Mapping[str, Artifact], around: Circumstances) -> Iterator[str]:
    """What is left: a phase, a decision, a warning, a name that may mean several."""
    for one in lines:
        if one.state not in (DONE, NOT_ASKED_FOR, MISSING):
            yield f"{one.asset}: {one.state}" + (f". {one.remedy}" if one.remedy else "")
    missing = [one.asset for one in lines if one.state == MISSING]
    if missing and around.state != DuplicateEpisode.state:
        yield f"still to be made: {', '.join(missing)}"
    for asked in around.decisions:
        if asked.decision is None:
            yield f"{asked.asset} waits for a yes or a no: {asked.why}"
    for check in around.checks:
        if not check.passed:
            yield f"{check.asset}: {check.name} warns: {check.said}"
    links = artifacts.get(EntityLinks.asset)
    if isinstance(links, EntityLinks):
        yield from _open_names(links)


def _open_names(links: EntityLinks) -> Iterator[str]:
    several = [one.name for one in links.decisions if one.outcome == "ambiguous"]
    later = sum(one.later for one in links.decisions)
    if several:
        more = ", ..." if len(several) > _NAMED else ""
        yield f"{plural(len(several), 'name')} may mean several: {', '.join(several[:_NAMED])}{more}"
    if later:
        yield f"{plural(later, 'name')} still to be looked up"


def _spent(total: Total) -> str:
    cost = "unknown cost" if total.cost is None else dollars(total.cost)
    unpriced = f", {plural(total.unpriced, 'call')} without a price" if total.unpriced else ""
    return f"{plural(total.calls, 'model call')}, {total.tokens.total:,} tokens, {cost}{unpriced}."
