"""The page of the report: Markdown, in which nothing from outside can open HTML or end a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import (
    DONE,
    REPORTING,
    Circumstances,
    PhaseLine,
    ReportCorrection,
    ReportDecision,
    ReportEvent,
    ReportRun,
    Spent,
)
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.history import RUNS_TOLD
from ragtime_assets.domain.markdown import address, line, markdown, table


def page_of(
    key: str,
    url: str,
    lines: Sequence[PhaseLine],
    artifacts: Mapping[str, Artifact],
    around: Circumstances,
    spent: str,
    unresolved: Sequence[str],
) -> str:
    """The whole page."""
    blocks = [
        _head(key, url, artifacts.get(EpisodeDetails.asset)),
        _state(around),
        _phases(lines),
        spent,
        _problems(lines),
        _list("What is left", map(line, unresolved)),
        *(section for artifact in artifacts.values() for section in _sections(artifact)),
        *(_tried(one) for one in lines if one.tried and one.state != DONE),
        _list("Decisions", map(_decision, around.decisions)),
        _list("Corrections", map(_correction, around.corrections)),
        _list(
            "Checks that warn",
            (f"**{one.asset}** {one.name}: {line(one.said)}" for one in around.checks if not one.passed),
        ),
        _artifacts(lines),
        _list("Runs", map(_run, around.runs)),
        _list("What happened last", map(_event, around.events)),
        _list("Every step that was tried", (f"[{one.asset}]({one.trace})" for one in lines if one.trace)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _head(key: str, url: str, details: Artifact | None) -> str:
    if not isinstance(details, EpisodeDetails):
        return f"# {key}\n\n{address(url)}"
    published = details.day or ""
    known = [line(details.show), published, address(details.page_url)]
    return f"# {line(details.title)}\n\n" + " · ".join(filter(None, known)) + f"\n\n`{key}`"


def _state(around: Circumstances) -> str:
    if not around.state:
        return ""
    told = {"submitted": around.submitted_at, "begun": around.started_at, "last changed": around.ended_at}
    when = [f"{name} {_at(moment)}" for name, moment in told.items() if moment]
    return " · ".join([f"**{line(around.state)}**", *when, *([plural(len(around.runs), "run")] if around.runs else [])])


def _phases(lines: Sequence[PhaseLine]) -> str:
    head = ("phase", "state", "engine", "took", "attempts", "cost", "made")
    rows = [
        (
            one.asset,
            one.state,
            one.engine or "",
            "" if one.seconds is None else f"{one.seconds:.1f} s",
            str(one.attempts or ""),
            _cost(one.spent),
            one.facts,
        )
        for one in lines
    ]
    return table(head, rows)


def _cost(spent: Spent | None) -> str:
    if spent is None:
        return ""
    return f"{plural(spent.calls, 'call')}, " + (
        "no known price" if spent.cost_usd is None else f"${spent.cost_usd:.4f}"
    )


def _problems(lines: Sequence[PhaseLine]) -> str:
    told = [_problem(one.asset, one.error, one.remedy or "") for one in lines if one.error]
    return "\n\n".join(["## What went wrong", *told]) if told else ""


def _problem(asset: str, error: str, remedy: str) -> str:
    """The lines below the first name what was tried: they become a list."""
    said, *attempts = error.splitlines()
    tried = [f"- {line(attempt.removeprefix('- '))}" for attempt in attempts if attempt.strip()]
    blocks = [f"**{asset}**: {line(said)}", "\n".join(tried), line(remedy)]
    return "\n\n".join(block for block in blocks if block)


def _sections(artifact: Artifact) -> Iterator[str]:
    for fact in artifact.tells():
        if fact.heading and (shown := markdown(fact.value)):
            yield f"## {fact.heading}\n\n{shown}"


def _tried(one: PhaseLine) -> str:
    rows = [(step.tool, step.on, step.outcome, f"{step.seconds:.1f} s", step.said) for step in one.tried]
    return f"## What {one.asset} tried\n\n" + table(("what", "on", "outcome", "took", "said"), rows, 300)


def _decision(one: ReportDecision) -> str:
    asked = f"**{one.asset}**: {line(one.why)} {line(one.estimate)}".strip()
    if one.decision is None or one.at is None:
        return f"{asked} - nobody decided yet"
    note = f": {line(one.note)}" if one.note else ""
    return f"{asked} - {one.decision} by {line(one.by)}, {_at(one.at)}{note}"


def _correction(one: ReportCorrection) -> str:
    return f"**{line(one.about)}**: {line(one.said)} - {line(one.by)}, {_at(one.at)}"


def _artifacts(lines: Sequence[PhaseLine]) -> str:
    there = [(one.asset, one.artifact) for one in lines if one.artifact]
    if not there:
        return ""
    rows = "\n".join(
        f"| [{asset}]({place.url}) | {place.schema_version} | {place.code_version} | `{place.digest[:12]}` |"
        for asset, place in there
    )
    return f"## Artifacts\n\n{table(('artifact', 'schema', 'code', 'digest'), ())}\n{rows}"


def _run(one: ReportRun) -> str:
    many = ", of many episodes" if one.of_many else ""
    attempt = f", attempt {one.attempt}" if one.attempt > 1 else ""
    state = "writes this report" if one.status == REPORTING else RUNS_TOLD.get(one.status, one.status)
    return f"[{one.run_id[:8]}]({one.page}) {state}{attempt}{many}, {_at(one.started_at)}"


def _event(one: ReportEvent) -> str:
    return f"{_at(one.at)} **{one.asset}** {line(one.kind)} {line(one.text)[:300]}".rstrip()


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _list(heading: str, items: Iterable[str]) -> str:
    told = [f"- {item}" for item in items]
    return "\n".join([f"## {heading}\n", *told]) if told else ""
