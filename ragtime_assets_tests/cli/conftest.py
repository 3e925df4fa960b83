"""A terminal in front of a corpus; the house of `ragtime_assets_tests/house.py`, as fixtures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ragtime_assets.cli import main
from ragtime_assets_tests.house import House, bare_home, furnished, house, ready, samples

__all__ = ["furnished", "house", "ready", "samples"]


class Terminal:
    """A terminal of 80 columns."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def type(self, *words: str, code: int = 0) -> str:
        """What `ragtime WORDS` prints, and its errors when it failed; it has to end with `code`."""
        with pytest.raises(SystemExit) as ended:
            main(words)
        printed = self._capsys.readouterr()
        assert (ended.value.code or 0) == code, printed
        return printed.out if code == 0 else printed.out + printed.err


@pytest.fixture
def terminal(
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    own_settings: Path,
) -> Terminal:
    """In front of the house, when the test has one, and else of a HOME in which nothing was submitted."""
    monkeypatch.setenv("COLUMNS", "80")
    if "house" in request.fixturenames:
        found: House = request.getfixturevalue("house")
        monkeypatch.setenv("RAGTIME_HOME", str(found.studio.settings.home))
    else:
        shutil.copytree(bare_home(), own_settings)
    return Terminal(capsys)
