"""The error tree: every error says something, and what to do next."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import ragtime_assets
from ragtime_assets import errors
from ragtime_assets.errors import Halt, PermanentError, RagtimeError, SourceUnavailable, TransientError

ALL = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, RagtimeError)]
LEAVES = [one for one in ALL if one not in (RagtimeError, PermanentError, TransientError, Halt)]


@pytest.mark.parametrize("error", ALL)
def test_a_message_is_never_empty(error: type[RagtimeError]) -> None:
    assert str(error()) == error().message == error.__name__
    assert str(error("")) == error.__name__
    assert str(error("what was tried")) == "what was tried"


@pytest.mark.parametrize("error", ALL)
def test_every_error_says_what_to_do_next(error: type[RagtimeError]) -> None:
    assert error("x").remedy.strip()
    assert error("x", remedy="Do this.").remedy == "Do this."


@pytest.mark.parametrize("error", LEAVES)
def test_every_error_is_permanent_transient_or_a_halt(error: type[RagtimeError]) -> None:
    assert sum(issubclass(error, branch) for branch in (PermanentError, TransientError, Halt)) == 1


@pytest.mark.parametrize("halt", [one for one in LEAVES if issubclass(one, Halt)])
def test_every_halt_names_the_state_of_its_episode(halt: type[Halt]) -> None:
    assert halt.state not in ("", "failed", "ready")


@pytest.mark.parametrize("error", [PermanentError, TransientError, Halt, *LEAVES])
def test_the_drawing_shows_every_error_under_its_parent(error: type[RagtimeError]) -> None:
    lines = [line for line in (errors.__doc__ or "").splitlines() if error.__name__ in line.split()]
    assert len(lines) == 1
    assert (errors.__doc__ or "").index(error.__mro__[1].__name__) <= (errors.__doc__ or "").index(error.__name__)


def test_facts_are_kept_for_the_run_page() -> None:
    assert errors.DuplicateEpisode("duplicate of one", owner="one").details == {"owner": "one"}


def test_a_server_that_asks_for_patience_is_heard() -> None:
    error = SourceUnavailable("429 from show.example", retry_after=12.5, status=429)
    assert (error.retry_after, error.details) == (12.5, {"status": 429})
    assert SourceUnavailable().retry_after is None


def test_whoever_expects_json_that_is_none_expects_json_that_is_nested_without_end() -> None:
    """Python's reader raises RecursionError for it, which is no ValueError."""
    careless = [
        f"{path.name}:{handler.lineno}"
        for path in sorted(Path(ragtime_assets.__file__).parent.rglob("*.py"))
        for tried in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(tried, ast.Try) and any("json.loads(" in ast.unparse(line) for line in tried.body)
        for handler in tried.handlers
        if handler.type is not None
        and "ValueError" in (caught := ast.unparse(handler.type))
        and "RecursionError" not in caught
    ]
    assert careless == []
