"""A terminal in front of a corpus; the house of `ragtime_assets_tests/house.py`, as fixtures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from ragtime_assets.cli import main
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.money.spending import Cost, Payer, PlannedCall, SettledCall
from ragtime_assets_tests.house import House, bare_home, copied, furnished, house, ready, samples

__all__ = ["furnished", "house", "ready", "samples"]

LONG = 6.0
"""Seconds that a sentence takes."""


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


class Episode:
    """An episode in which something is said, and said otherwise later."""

    def __init__(self, house: House, key: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._house = house
        self._key = key
        self._capsys = capsys

    def say(self, language: str, sentences: Sequence[str], *, after: float = 0.0) -> None:
        """Let these sentences be what is said in the episode, so many seconds after it begins."""
        store = self._house.studio.store
        before, envelope = store.load(Transcript, self._key)
        starts = [after + LONG * place for place in range(len(sentences))]
        told = zip(starts, sentences, strict=True)
        segments = tuple(Segment(start=start, end=start + LONG, text=f" {text}") for start, text in told)
        store.save(
            self._key,
            before.model_copy(update={"language": language, "segments": segments, "repairs": ()}),
            inputs=envelope.inputs,
            code_version=envelope.code_version,
            run_id="a-person",
            seconds=0.0,
        )
        assert self._house.run(self._key, "chunks", "embeddings", "search_index").success
        self._capsys.readouterr()


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


@pytest.fixture
def episode(house: House, ready: str, capsys: pytest.CaptureFixture[str]) -> Episode:
    """The finished episode, which says what a test lets it say."""
    return Episode(house, ready, capsys)
