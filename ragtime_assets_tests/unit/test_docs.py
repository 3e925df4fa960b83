"""What the documents say is true: commands, links, settings, assets, versions, dependencies, configuration."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import ragtime_assets
from ragtime_assets.cli.app import app
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.states import STATES
from ragtime_assets.orchestration.instance import configuration
from ragtime_assets.setting_files import SUFFIX
from ragtime_assets.settings import PREFIX, Settings, is_secret

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"(?<![\w./-])ragtime +([a-z]+)\b(.*)")
_OPTION = re.compile(r"(?<!\S)(--[a-z]+(?:-[a-z]+)*|-[a-z])\b")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SETTING = re.compile(rf"\b{PREFIX}[A-Z_]+\b")
_REGISTRY = re.compile(
    r"pypi|pythonhosted|npmjs|crates\.io|conda\.|anaconda|huggingface|docker\.io|ghcr\.io|artifactory"
)
_NAME = re.compile(r"^[A-Za-z0-9-]+")
_MODULE = re.compile(r"(?<![\w/])(?:[\w<>]+/)*[\w<>]+\.py\b")
_STEP = re.compile(r"^\| (\d+) \| .* \| (`.*`) \|$", re.MULTILINE)
_PLACE = re.compile(r"`([\w/]+\.py)` `([\w.]+)`")


def code_in(page: Path) -> list[str]:
    """The lines of code of a page, comments cut off; drawings are none."""
    text = page.read_text()
    blocks = [line for language, block in _BLOCK.findall(text) if language != "text" for line in block.splitlines()]
    return [line.partition(" # ")[0].strip() for line in blocks + _INLINE.findall(_BLOCK.sub("", text))]


def commands_in(page: Path) -> Iterable[tuple[str, str]]:
    """Each `ragtime` command of a page, with what follows it on its line."""
    for line in code_in(page):
        yield from _COMMAND.findall(line)


def by_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_command_in_the_documents_exists_with_its_options(page: Path) -> None:
    for name, rest in commands_in(page):
        assert name in COMMANDS, name
        inner = getattr(COMMANDS[name], "commands", {})
        command = inner.get(next(iter(rest.split()), ""), COMMANDS[name])
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(_OPTION.findall(rest)) <= known, (name, rest)


def test_the_readme_names_every_command_that_people_need_first() -> None:
    named = {name for name, _ in commands_in(ROOT / "README.md")}
    assert named >= set(COMMANDS) - {"up", "demo"}


def test_every_target_of_make_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = {line.split()[1] for line in code_in(page) if re.match(r"make [a-z]", line)}
        assert named <= targets, page


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_in_its_first_line_what_it_does(name: str) -> None:
    assert (COMMANDS[name].help or "").partition("\n")[0].strip()


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text()) if not link.startswith(("http:", "https:", "#"))]
    missing = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert not missing


def test_every_page_is_reached_from_the_readme() -> None:
    reached = {(ROOT / link).resolve() for link in _LINK.findall((ROOT / "README.md").read_text())}
    assert set(PAGES[1:]) <= reached


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_setting_in_the_documents_exists(page: Path) -> None:
    known = {f"{PREFIX}{name.upper()}{end}" for name in Settings.model_fields for end in ("", *_in_file(name))}
    assert set(_SETTING.findall(page.read_text())) <= known


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_no_document_names_the_host_of_a_registry(page: Path) -> None:
    assert not _REGISTRY.findall(page.read_text().lower())


@pytest.mark.parametrize("asset", PHASES)
def test_every_asset_is_described(asset: str) -> None:
    assert f"\n| `{asset}` | " in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_module_in_the_documents_exists(page: Path) -> None:
    named = {name for code in code_in(page) for name in _MODULE.findall(code)}
    paths = {name.replace("<asset>", asset) for name in named for asset in PHASES}
    houses = (ROOT, ROOT / "ragtime_assets", ROOT / "ragtime_assets_tests")
    assert [path for path in sorted(paths) if not any((house / path).exists() for house in houses)] == []


def test_every_state_of_an_episode_is_explained() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert STATES.items() <= dict(rows).items()


def test_the_life_of_a_submission_has_twelve_steps_and_each_names_code_that_exists() -> None:
    steps = _STEP.findall((ROOT / "docs" / "architecture.md").read_text())
    assert [int(number) for number, _ in steps] == list(range(1, 13))
    for number, places in steps:
        found = _PLACE.findall(places)
        assert found, number
        for path, name in found:
            assert name in _defined_in(ROOT / "ragtime_assets" / path), f"{number}: {path} has no {name}"


def test_the_newest_version_in_the_changelog_is_the_packages() -> None:
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", _changelog(), re.MULTILINE)
    assert versions[0] == ragtime_assets.__version__


def test_every_change_is_one_line_of_at_most_160_characters() -> None:
    changes = [line for line in _changelog().partition("\n## ")[2].splitlines() if line.startswith("- ")]
    assert changes
    assert [line for line in changes if len(line) > 160] == []
    assert "\n  " not in _changelog(), "a change goes on in a second line"


def test_every_dependency_has_its_reason_and_every_reason_its_dependency() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    extras = dict(setup["options.extras_require"])
    asked = _names(setup["options"]["install_requires"]).union(*(_names(extra) for extra in extras.values()))
    page = (ROOT / "docs" / "dependencies.md").read_text()
    assert set(re.findall(r"^\| `([^`]+)` \| \S.* \| \S.* \|$", page, re.MULTILINE)) == asked


def test_dagster_on_postgres_differs_in_its_storage_only() -> None:
    embedded, grown_up = _yaml("dagster.yaml"), _yaml("deploy/dagster-postgres.yaml")
    storage = grown_up.pop("storage")
    assert storage == {"postgres": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}}
    assert grown_up == embedded


def test_dagster_for_workers_is_what_is_laid_for_them_on_postgres() -> None:
    laid = configuration(Settings.model_validate({"launcher": "celery", "broker_url": "redis://localhost:6379/0"}))
    assert _yaml("deploy/dagster-celery.yaml") == yaml.safe_load(laid) | {
        "storage": _yaml("deploy/dagster-postgres.yaml")["storage"]
    }


def _in_file(name: str) -> tuple[str, ...]:
    """How the variable ends that names a file for this setting, where there is one."""
    return (SUFFIX,) if is_secret(name) else ()


def _defined_in(module: Path) -> set[str]:
    """The functions, classes and methods of a module."""
    tops = [node for node in ast.parse(module.read_text()).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    methods = {
        f"{top.name}.{node.name}"
        for top in tops
        if isinstance(top, ast.ClassDef)
        for node in top.body
        if isinstance(node, ast.FunctionDef)
    }
    return {top.name for top in tops} | methods


def _changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text()


def _names(requirements: str) -> set[str]:
    return {match[0] for line in requirements.split("\n") if (match := _NAME.match(line))}


def _yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def test_the_unit_for_systemd_starts_what_the_page_says_and_lets_runs_go_on_while_it_is_restarted() -> None:
    (unit,) = (
        block for language, block in _BLOCK.findall((ROOT / "docs/operations.md").read_text()) if language == "ini"
    )
    read = configparser.RawConfigParser()
    read.optionxform = str  # type: ignore[assignment]
    read.read_string(unit)
    service = read["Service"]
    folder = service["WorkingDirectory"]
    assert service["ExecStart"] == f"{folder}/.venv/bin/ragtime up"
    assert service["EnvironmentFile"] == f"-{folder}/.env", "it may be missing, and is the one that the command reads"
    assert service["KillMode"] == "process"
    assert read["Unit"]["Wants"] == read["Unit"]["After"]
