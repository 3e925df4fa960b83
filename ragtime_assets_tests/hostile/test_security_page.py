"""docs/security.md, reliability.md and testing.md: each promise names tests that exist; the words about ports hold."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
FIRST_PROMISE = {"security.md": "## Addresses", "reliability.md": "## Processes"}
HEAD = re.compile(r"\| (attack|nuisance|fault|leak) \|")


@cache
def names_of_tests() -> set[str]:
    """Every test there is."""
    trees = [ast.parse(file.read_text()) for file in (PROJECT / "ragtime_assets_tests").rglob("test_*.py")]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", [*FIRST_PROMISE, "testing.md"])
def test_every_test_that_a_page_of_promises_names_exists(page: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (DOCS / page).read_text()))
    assert len(named) > 30
    assert named - names_of_tests() == set()


@pytest.mark.parametrize(("page", "tables"), [("security.md", 6), ("reliability.md", 5)])
def test_every_row_of_a_page_of_promises_names_a_test(page: str, tables: int) -> None:
    promises = (DOCS / page).read_text().partition(FIRST_PROMISE[page])[2]
    rows = [line for line in promises.splitlines() if re.match(r"\| [^|]+ \| [^|]+ \| [^|]+ \|$", line)]
    heads = [line for line in rows if "test_" not in line]
    assert len(rows) > 35
    assert len(heads) == tables
    assert all(HEAD.match(head) for head in heads)


def test_up_opens_its_ports_on_this_machine_only(tmp_path: Path) -> None:
    studio = Studio(Settings(home=tmp_path / "home"))
    supervisor = Supervisor(studio, web_port=3000, face_port=8080, tell=print)
    commands = [list(child.command) for child in supervisor._make_children(tmp_path / "code") if child.port]
    assert [command[command.index("-h" if "-h" in command else "--host") + 1] for command in commands] == [
        "127.0.0.1",
        "127.0.0.1",
    ]
