"""Commands that say yes or no to episodes that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import KEY_HELP, AsJson, console, hang, say_json
from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.errors import InvalidSubmission

if TYPE_CHECKING:
    from ragtime_assets.domain.approving.approval import Approval
    from ragtime_assets.studio import Studio

Some = Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help=KEY_HELP, show_default=False)]
By = Annotated[str | None, typer.Option("--by", help="Who decides; the name of whoever is logged in.")]
Note = Annotated[str | None, typer.Option("--note", help="What is kept beside the decision.")]
All = Annotated[bool, typer.Option("--all", help="Every episode that waits.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (approve, reject):
        app.command()(command)


def approve(keys: Some = None, every: All = False, by: By = None, note: Note = None, as_json: AsJson = False) -> None:
    """Let episodes go on that wait for it; without KEY, show who waits, why, and what it is likely to cost."""
    _decide(keys or [], every, Decision.APPROVED, by, note, as_json)


def reject(keys: Some = None, every: All = False, by: By = None, note: Note = None, as_json: AsJson = False) -> None:
    """End episodes that wait: nothing more is spent on them, as an abort has it; `ragtime approve` takes it back."""
    _decide(keys or [], every, Decision.REJECTED, by, note, as_json)


def _decide(words: list[str], every: bool, decision: Decision, by: str | None, note: str | None, as_json: bool) -> None:
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    studio = Studio()
    if not words and not every:
        _show_waiting(studio, as_json)
        return
    if words and every:
        raise InvalidSubmission("--all and KEY cannot both be meant", remedy="Give one of them.")
    keys = [one.key for one in studio.approvals.waiting()] if every else studio.names.keys(words)
    changed = studio.approvals.decide(keys, decision, by or user_name(), note)
    answers = studio.approvals.newest(keys)
    if as_json:
        say_json({"decided": [_document(answers[key]) | {"changed": key in changed} for key in keys]})
        return
    for key in keys:
        before = "" if key in changed else " before; nothing changes"
        hang(f"{studio.names.title(key) or key}: {answers[key].decided}{before}", markup=False)
    if changed and decision is Decision.APPROVED:
        console().print("They go on as soon as submission_sensor looks: `ragtime status`.", markup=False)
    if not keys:
        console().print("Nobody waits for approval.")


def _show_waiting(studio: Studio, as_json: bool) -> None:
    waiting = studio.approvals.waiting()
    if as_json:
        say_json({"waiting": [_document(one) for one in waiting]})
        return
    for one in waiting:
        hang(studio.names.title(one.key) or "not read yet", markup=False)
        console().print(f"  {one.key}", style="dim", soft_wrap=True)
        hang(f"  {one.why}; {one.estimate}", markup=False)
    console().print("ragtime approve KEY, ragtime reject KEY, or --all" if waiting else "Nobody waits for approval.")


def _document(one: Approval) -> dict[str, Any]:
    return {
        "key": one.key,
        "asset": one.asset,
        "why": one.why,
        "estimate": one.estimate,
        "asked_at": one.asked_at.isoformat(),
        "decision": one.decision,
        "by": one.by,
        "at": one.at and one.at.isoformat(),
        "note": one.note,
    }
