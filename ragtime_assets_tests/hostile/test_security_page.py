"""docs/security.md: it names only tests that exist, and its words about ports are true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "security.md"


def test_every_test_that_the_security_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    trees = [ast.parse(file.read_text()) for file in (PROJECT / "ragtime_assets_tests").rglob("test_*.py")]
    there = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert len(named) > 40
    assert named - there == set()


def test_every_row_of_the_security_page_names_a_test() -> None:
    attacks = PAGE.read_text().partition("## Addresses")[2]
    rows = [line for line in attacks.splitlines() if re.match(r"\| [^|]+ \| [^|]+ \| [^|]+ \|$", line)]
    heads = [line for line in rows if "test_" not in line]
    assert len(rows) > 35
    assert len(heads) == 5
    assert all(re.match(r"\| (attack|nuisance|fault|leak) \|", head) for head in heads)


def test_up_opens_its_ports_on_this_machine_only(tmp_path: Path) -> None:
    supervisor = Supervisor(Studio(Settings(home=tmp_path / "home")), web_port=3000, tell=print)
    commands = [list(child.command) for child in supervisor._children]
    servers = [command for command in commands if "-p" in command]
    assert len(servers) == 2
    assert [command[command.index("-h") + 1] for command in servers] == ["127.0.0.1", "127.0.0.1"]
