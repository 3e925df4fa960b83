"""Who has to wait for a yes, and what an episode is told to cost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ragtime_assets.domain.approving.approval import covered
from ragtime_assets.domain.approving.estimate import Estimate, figures_of, tokens_of
from ragtime_assets.domain.approving.policy import REASONS, ApprovalPolicy, read_policy, reason_of
from ragtime_assets.domain.money.spending import Cost, Payer
from ragtime_assets.ports import Account, Hints
from ragtime_assets.samples.server import sample
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Kept, Studio
from ragtime_assets.studio.estimating import estimate
from ragtime_assets_tests.openai_server import openai_server

FREE = Estimate(3600, {})
DEAR = Estimate(3600, {"transcript": Cost(Decimal("0.36")), "summary": Cost(Decimal("2.20"))})
UNKNOWN = Estimate(3600, {"summary": Cost()})


@pytest.mark.parametrize("text", ["never", "low_confidence", "always", "over:2.50", "over:0"])
def test_a_policy_is_read_back_as_it_is_written(text: str) -> None:
    assert str(read_policy(text)) == text
    assert read_policy(str(read_policy(f" {text.upper()} "))) == read_policy(text)


@pytest.mark.parametrize("text", ["", "sometimes", "over", "over:", "over:much", "over:-1", "over:nan", "over:inf"])
def test_what_is_no_policy_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="low_confidence, always"):
        read_policy(text)


@pytest.mark.parametrize(
    ("policy", "doubt", "estimate", "waits"),
    [
        ("never", "found by the browser", DEAR, False),
        ("low_confidence", None, DEAR, False),
        ("low_confidence", "found by the browser", FREE, True),
        ("always", None, FREE, True),
        ("over:2.50", None, DEAR, True),
        ("over:2.56", None, DEAR, False),
        ("over:2.50", None, FREE, False),
        ("over:2.50", "of another length", FREE, True),
        ("over:100", None, UNKNOWN, True),
    ],
)
def test_who_waits(policy: str, doubt: str | None, estimate: Estimate, waits: bool) -> None:
    assert (read_policy(policy).why(doubt, estimate) is not None) is waits


def test_why_an_episode_waits_has_a_name() -> None:
    asked = (("low_confidence", "found by the browser", FREE), ("always", None, FREE), ("over:2.50", None, DEAR))
    reasons = [read_policy(word).why(doubt, estimate) for word, doubt, estimate in (*asked, ("over:9", None, UNKNOWN))]
    assert [reason_of(why or "") for why in reasons] == list(REASONS)
    assert reason_of("for a reason of another version") is None


@pytest.mark.parametrize(
    ("estimate", "figures"),
    [(FREE, ("1:00:00", None)), (DEAR, ("1:00:00", "$2.56")), (Estimate(None, UNKNOWN.costs), (None, None))],
)
def test_the_figures_of_an_estimate_are_found_in_what_people_read(
    estimate: Estimate, figures: tuple[str | None, str | None]
) -> None:
    assert figures_of(str(estimate)) == figures


def test_an_estimate_tells_its_parts_and_what_nobody_knows() -> None:
    assert str(DEAR) == "1:00:00 of audio; about $2.56 (transcript $0.36, summary $2.20)"
    assert str(UNKNOWN) == "1:00:00 of audio; no price is known of summary"
    assert "nothing is paid for" in str(FREE)


def test_an_hour_of_speech_is_some_twelve_thousand_tokens_and_more_with_prompts() -> None:
    tokens = tokens_of("summary", 3600)
    assert tokens is not None
    assert 12_600 < tokens.input < 26_000
    assert tokens_of("chunks", 3600) is None


def test_a_yes_covers_the_audio_and_not_the_details_that_were_corrected() -> None:
    before = {"audio_file": "a", "episode_details": "b"}
    assert covered(before) == covered(before | {"episode_details": "c"})
    assert covered(before) != covered(before | {"audio_file": "d"})


def test_nobody_is_asked_unless_it_is_set() -> None:
    assert not ApprovalPolicy().asks


def test_before_there_is_audio_the_details_are_what_a_yes_covers() -> None:
    assert covered({"episode_details": "a"}) != covered({"episode_details": "b"})


def test_what_costs_when_nobody_knows_how_long_it_is_waits_where_a_limit_is_set(tmp_path: Path) -> None:
    kept = Kept(OwnSettings(home=tmp_path, model="openai:gpt-5-mini", transcriber="whisper"))
    expected = estimate(kept, None, "audio_file", {})
    assert "audio of unknown length" in str(expected)
    assert read_policy("over:100").why(None, expected) == "nobody knows whether it costs more than $100.00"
    free = estimate(Kept(OwnSettings(home=tmp_path)), None, "audio_file", {})
    assert read_policy("over:100").why(None, free) is None


def test_what_speech_is_expected_to_cost_is_what_the_ledger_has_in_the_end(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('["openai:ears"]\nminute = 0.3\n')
    with openai_server() as server:
        settings = OwnSettings(
            home=tmp_path / "home",
            transcriber="openai",
            transcription_url=server.url,
            transcription_model="ears",
            prices=prices,
        )
        studio = Studio(settings)
        server.speech = lambda _: {
            "language": "english",
            "duration": 24.0,
            "segments": [{"start": 0.0, "end": 4.0, "text": " Words that are said here.", "no_speech_prob": 0.0}],
            "words": [],
        }
        with studio.store.workspace() as work:
            audio = work / "kind-of-blue.m4a"
            audio.write_bytes(sample("kind-of-blue.m4a"))
            facts = studio.web.probe.probe(audio)
            studio.speech.transcriber.transcribe(
                audio, facts, Hints(), lambda *_: None, None, Account(studio.ledger, Payer("one", "transcript", "run"))
            )
    expected = estimate(studio, facts.duration, "transcript", {}).known
    bound = estimate(studio, facts.duration, "transcript", {"transcript": "whisper:bundled"})
    assert bound.known == 0, "a request that is bound to this machine's own ears pays for none"
    assert float(expected) == pytest.approx(float(studio.ledger.total(key="one").cost or 0), rel=0.05)
