"""`ragtime configure`: asks for settings section by section, and writes them into `.env` when all is said."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ragtime_assets.adapters.storage import env_file
from ragtime_assets.cli.output import AsJson, complain, console, say_json
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import ConfigurationError, InvalidSubmission
from ragtime_assets.settings import (
    ENV_FILE,
    Settings,
    checked_setting,
    checked_together,
    is_secret,
    refuse_unknown,
    values_set,
    variable_of,
)
from ragtime_assets.studio.setting_sections import SECTIONS, Section, settings_of

UNSET = "-"
_HIDDEN = "***"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(configure)


def configure(
    section: Annotated[
        str | None, typer.Argument(metavar="[SECTION]", help=f"One of {', '.join(one.name for one in SECTIONS)}.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Ask nothing: show what is set, and where.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask for settings and write them into .env, whose comments stay; Ctrl-C writes nothing."""
    chosen = _chosen(section)
    refuse_unknown()
    if as_json:
        say_json({"settings": [_document(name) for one in chosen for name in settings_of(one)]})
        return
    if show:
        for one in chosen:
            _show(one)
        return
    console().print(f"Enter keeps what is there, {UNSET} unsets it, Ctrl-C leaves everything as it was.")
    changes: dict[str, str | None] = {}
    for one in chosen:
        _ask_together(one, changes)
    changes = _real(changes)
    if not changes:
        console().print("Nothing is changed.")
        return
    path = Path(ENV_FILE)
    env_file.write(path, env_file.edited(path.read_text(encoding="utf-8") if path.exists() else "", changes))
    console().print(f"{', '.join(changes)}: written to {path.absolute()}. Restart `ragtime up`.", soft_wrap=True)


def _chosen(name: str | None) -> tuple[Section, ...]:
    found = tuple(one for one in SECTIONS if name in (None, one.name))
    if not found:
        raise InvalidSubmission(
            f"{name!r} is no section", remedy=f"The sections are: {', '.join(one.name for one in SECTIONS)}."
        )
    return found


def _ask_together(section: Section, changes: dict[str, str | None]) -> None:
    """Ask for a section until its answers go with all others."""
    while True:
        console().print(f"\n[bold]{section.title}[/]")
        answers = dict(changes)
        for name in settings_of(section):
            _ask(name, answers)
        try:
            checked_together(_together(answers))
        except ConfigurationError as error:
            complain(error)
            continue
        changes.update(answers)
        return


def _ask(name: str, answers: dict[str, str | None]) -> None:
    """Ask for one setting until its value is accepted; what is there already is no change."""
    variable, there = variable_of(name), values_set()
    while True:
        console().print(f"[dim]{Settings.model_fields[name].description}[/]", highlight=False)
        said = _prompted(f"{variable} [{_now(name, answers, there)}]", hidden=is_secret(name))
        if not said:
            return
        if said == UNSET:
            answers[variable] = None
            return
        try:
            checked_setting(name, said)
        except ConfigurationError as error:
            complain(error)
            continue
        answers[variable] = said
        if there.get(variable, ("", ""))[1] == "environment":
            console().print(f"{variable} is set in the environment too, which counts first.")
        return


def _real(answers: Mapping[str, str | None]) -> dict[str, str | None]:
    """The answers that differ from what the file says."""
    there = values_set()
    return {name: said for name, said in answers.items() if there.get(name, (None, ENV_FILE)) != (said, ENV_FILE)}


def _prompted(text: str, *, hidden: bool) -> str:
    said: str = typer.prompt(
        text, default="", show_default=False, hide_input=hidden and sys.stdin.isatty(), prompt_suffix=": "
    )
    return said.strip()


def _together(answers: Mapping[str, str | None]) -> dict[str, str]:
    """All that is set once the answers are."""
    there = {name: value for name, (value, _) in values_set().items()}
    return {name: value for name, value in (there | dict(answers)).items() if value is not None}


def _now(name: str, answers: Mapping[str, str | None], there: Mapping[str, tuple[str, str]]) -> str:
    """What is set, as it may be shown."""
    variable = variable_of(name)
    value = answers[variable] if variable in answers else there.get(variable, (None, ""))[0]
    return "not set" if value is None else _shown(name, value)


def _shown(name: str, value: str) -> str:
    return _HIDDEN if is_secret(name) else masked(value) if "://" in value else value


def _show(section: Section) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(section.title, "", "", box=None, header_style="bold", pad_edge=False)
    for name in settings_of(section):
        told = _document(name)
        value = "[dim]not set[/]" if told["value"] is None else escape(told["value"])
        table.add_row(str(told["name"]), value, f"[dim]{told['source']}[/]")
    console().print(table)


def _document(name: str) -> dict[str, Any]:
    variable = variable_of(name)
    if variable in (there := values_set()):
        value, source = there[variable]
        return {"name": variable, "value": _shown(name, value), "source": source}
    default = Settings.model_fields[name].default
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
    return {"name": variable, "value": None if shown is None else str(shown), "source": "default"}
