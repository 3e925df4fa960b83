"""A terminal in front of a corpus; the house of `ragtime_assets_tests/house.py`, as fixtures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ragtime_assets.cli import main
from ragtime_assets.domain.money.spending import Cost, Payer, PlannedCall, SettledCall
from ragtime_assets_tests.house import House, bare_home, copied, furnished, house, ready, samples

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


def paid(house: House, key: str, phase: str, run_id: str, cost: str | None) -> None:
    """Let a phase have called a model for this much; None where nobody knows."""
    ledger, amount = house.studio.ledger, None if cost is None else Decimal(cost)
    call = PlannedCall(Payer(key, phase, run_id), "agent", "unit", "openai", "model", amount or Decimal(0))
    number = ledger.open(call)
    ledger.settle(number, SettledCall("ok", amount or Decimal(0), cost=Cost(amount, None if cost is None else "list")))


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
    elif not own_settings.exists():
        copied(bare_home(), own_settings)
    return Terminal(capsys)
