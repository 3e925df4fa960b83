"""Full disks and damaged files: a clear error, nothing half-written, and a way back that is true."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from ragtime_assets.cli import main
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.errors import ArtifactCorrupt, RagtimeError, StoreUnavailable
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets_tests.disks import no_file_above
from ragtime_assets_tests.hostile.attacks import MP3
from ragtime_assets_tests.hostile.conftest import OpenHouse
from ragtime_assets_tests.hostile.leftovers import assert_nothing_half_written, everything
from ragtime_assets_tests.hostile.web import Web
from ragtime_assets_tests.house import House

FETCHED = ("episode_details", "audio_file")
READ = (*FETCHED, "transcript", "chunks")
TOLD = re.compile(r"ragtime ((?:retry|redo) [a-z0-9-]+(?: --from [a-z_]+)?)")

Follow = Callable[[str], None]


@pytest.fixture
def house(open_house: OpenHouse) -> Iterator[House]:
    with open_house() as found:
        yield found


@pytest.fixture
def follow(house: House, monkeypatch: pytest.MonkeyPatch) -> Follow:
    """Types the command that a remedy names, and runs what the sensor makes of it."""
    monkeypatch.setenv("RAGTIME_HOME", str(house.studio.settings.home))

    def typed(remedy: str) -> None:
        command = TOLD.search(remedy)
        assert command, remedy
        cursor = max(request.id for request in house.studio.submissions.after(0, 100))
        with pytest.raises(SystemExit) as ended:
            main(command[1].split())
        assert not ended.value.code
        resources = {"kept": house.resources["kept"]}
        with dg.build_sensor_context(instance=house.instance, cursor=str(cursor), resources=resources) as context:
            result = submission_sensor(context)
        assert isinstance(result, dg.SensorResult)
        (request,) = result.run_requests or []
        assets = [key.to_user_string() for key in request.asset_selection or []]
        assert house.run(str(request.partition_key), *assets).success, house.status(str(request.partition_key)).error

    return typed


def failed(house: House, key: str, *assets: str) -> tuple[str, str, str]:
    """Class, message and remedy of the error that this run ends in."""
    assert not house.run(key, *assets).success
    error = house.status(key).error
    assert error is not None
    assert "KEY" not in error.remedy
    return error.error_class, error.message, error.remedy


def artifact(house: House, asset: str, key: str) -> Path:
    return house.studio.settings.root / "store" / "artifacts" / asset / f"{key}.json"


# -- full


def test_a_disk_that_fills_while_audio_streams_leaves_nothing_and_a_retry_completes(
    web: Web, house: House, follow: Follow
) -> None:
    (key,) = house.take([web.item("streams", audio=web.serves("/streams/a", MP3, "audio/mpeg"))])
    with no_file_above(900_000):
        error, message, remedy = failed(house, key, *FETCHED)
    assert (error, remedy) == ("StorageFull", f"Free space under RAGTIME_HOME, then `ragtime retry {key}`.")
    assert "no space is left to write" in message
    assert everything(house.studio.settings.root / "store" / "blobs") == []
    assert house.studio.store.envelope("audio_file", key) is None
    assert_nothing_half_written(house)
    follow(remedy)
    assert house.status(key).state == "ready"


def test_a_disk_that_fills_while_an_artifact_is_saved_leaves_the_one_before(web: Web, house: House) -> None:
    (key,) = house.take([web.item("saved")])
    assert house.run(key, *FETCHED, "transcript").success
    before = artifact(house, "transcript", key).read_bytes()
    web.serves("/saved/captions.vtt", _many_words(), "text/vtt")
    with no_file_above(600_000):
        error, message, remedy = failed(house, key, "transcript")
    assert (error, remedy) == ("StorageFull", f"Free space under RAGTIME_HOME, then `ragtime retry {key}`.")
    assert f"transcript/{key}.json" in message
    assert artifact(house, "transcript", key).read_bytes() == before
    assert_nothing_half_written(house)
    assert house.run(key, "transcript").success
    assert len(artifact(house, "transcript", key).read_bytes()) > 600_000


def test_a_disk_that_fills_while_the_index_is_published_keeps_the_generation_before(
    web: Web, house: House, follow: Follow
) -> None:
    first, second = house.take([web.item("first"), web.item("second")])
    assert house.run(first).success
    with no_file_above(8_000_000):
        error, message, remedy = failed(house, second)
    assert error == "StorageFull"
    assert "embedded vector index" in message
    assert {hit.passage.episode_key for hit in house.studio.index.search.look("Clifford Brown").passages} >= {first}
    assert house.status(first).state == "ready"
    follow(remedy)
    assert {hit.passage.episode_key for hit in house.studio.index.search.look("Clifford Brown").passages} == {
        first,
        second,
    }
    manifest = json.loads(_index_file(house, "manifest.json").read_text())
    kept = {part["name"] for part in manifest["parts"]} | set(manifest["previous"])
    assert {path.name for path in _index_file(house, "parts").iterdir()} == kept


# -- damaged


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "garbage": lambda _: b"\x00garbage",
    "empty": lambda _: b"",
    "truncated": lambda content: content[: len(content) // 2],
    "changed": lambda content: content.replace(b"On night", b"On a day"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_corrupt_artifact_is_named_and_its_remedy_heals_it(
    web: Web, house: House, follow: Follow, damage: str
) -> None:
    (key,) = house.take([web.item(f"corrupt-{damage}")])
    assert house.run(key, *READ).success
    file = artifact(house, "transcript", key)
    file.write_bytes(DAMAGE[damage](file.read_bytes()))
    error, message, remedy = failed(house, key, "chunks")
    assert (error, remedy) == ("ArtifactCorrupt", f"ragtime redo {key} --from transcript")
    assert f"transcript of {key} cannot be read" in message
    follow(remedy)
    assert house.status(key).state == "ready"
    assert_nothing_half_written(house)


def test_an_artifact_of_a_newer_version_is_left_alone_and_both_ways_on_are_said(
    web: Web, house: House, follow: Follow
) -> None:
    (key,) = house.take([web.item("newer")])
    assert house.run(key, *READ).success
    file = artifact(house, "transcript", key)
    ours = Transcript.schema_version
    newer = file.read_bytes().replace(f'"schema_version":{ours}'.encode(), b'"schema_version":99', 1)
    file.write_bytes(newer)
    error, message, remedy = failed(house, key, "chunks")
    assert error == "ArtifactTooNew"
    assert f"transcript of {key} has schema version 99; this ragtime-assets reads up to {ours}" in message
    assert remedy == f"Upgrade ragtime-assets, or `ragtime redo {key} --from transcript`."
    assert file.read_bytes() == newer
    follow(remedy)
    assert house.status(key).state == "ready"


def _gone(blob: Path) -> None:
    blob.unlink()


def _torn(blob: Path) -> None:
    blob.write_bytes(blob.read_bytes()[:-100])


@pytest.mark.parametrize("harm", [_gone, _torn], ids=["gone", "torn"])
def test_lost_audio_is_fetched_again_by_the_remedy(
    web: Web, house: House, follow: Follow, harm: Callable[[Path], None]
) -> None:
    (key,) = house.take([web.item("unheard", captions=f"{web.base}/no-captions.vtt")])
    assert house.run(key, *FETCHED).success
    (blob,) = everything(house.studio.settings.root / "store" / "blobs")
    harm(blob)
    error, message, remedy = failed(house, key, "transcript")
    assert error == "ArtifactCorrupt"
    assert remedy.startswith(f"ragtime redo {key} --from audio_file fetches it again")
    assert blob.name in message
    follow(f"ragtime redo {key} --from audio_file")
    assert house.status(key).state == "ready"
    assert_nothing_half_written(house)


@pytest.mark.parametrize("harm", [_gone, _torn], ids=["gone", "torn"])
def test_lost_vectors_are_made_again_by_the_remedy(
    web: Web, house: House, follow: Follow, harm: Callable[[Path], None]
) -> None:
    (key,) = house.take([web.item("vectors")])
    assert house.run(key).success
    envelope = house.studio.store.envelope("embeddings", key)
    assert envelope is not None
    blob = house.studio.settings.root / "store" / "blobs" / envelope.payload["vectors"]
    harm(blob)
    error, message, remedy = failed(house, key, "search_index")
    assert (error, remedy) == ("ArtifactCorrupt", f"ragtime redo {key} --from embeddings")
    assert blob.name in message
    follow(remedy)
    assert house.status(key).state == "ready"
    assert_nothing_half_written(house)


BROKEN_INDEX = {
    "the manifest": "manifest.json",
    "a file that makes the library panic": "parts/*/segments/*/vector_storage/deleted/status.dat",
    "a file without which the library finds nothing": "parts/*/segments/*/mutable_id_tracker.mappings",
    "a part's configuration": "parts/*/edge_config.json",
    "a file without which no vector is found": "parts/*/segments/*/vector_storage/vectors/status.dat",
}


def test_a_damaged_index_is_told_and_its_remedy_builds_it_anew(web: Web, house: House, follow: Follow) -> None:
    (key,) = house.take([web.item("indexed")])
    assert house.run(key).success
    for what, pattern in BROKEN_INDEX.items():
        house.studio.index.close()
        index = _index_file(house, "")
        for file in index.glob(pattern):  # of the generation before too
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 4])
        for _ in range(2):
            with pytest.raises(RagtimeError, match="embedded vector index") as caught:
                house.studio.index.search.look("Clifford Brown")
            assert isinstance(caught.value, ArtifactCorrupt | StoreUnavailable), what
        error, _, remedy = failed(house, key, "search_index")
        assert error in {"ArtifactCorrupt", "StoreUnavailable"}, what
        assert "ragtime reindex --vectors" in remedy, what
        with pytest.raises(SystemExit) as ended:
            main(["reindex", "--vectors"])
        assert not ended.value.code, what
        follow(f"`ragtime retry {key}`")
        assert house.status(key).state == "ready", what
        assert house.studio.index.search.look("Clifford Brown").passages, what


def _index_file(house: House, name: str) -> Path:
    live = house.studio.index.collections.live()
    assert live is not None
    return house.studio.settings.root / "index" / live.name / name


def _many_words() -> str:
    """Captions of 12,000 words: as an artifact larger than any file that Dagster and the tables need for them."""
    cues = [f"00:{n // 8:02}.{n % 8 * 125:03} --> 00:{n // 8:02}.{n % 8 * 125 + 124:03}\n" for n in range(240)]
    said = (" ".join(f"word{place}x{n}" for n in range(50)) for place in range(len(cues)))
    return "WEBVTT\n\n" + "\n\n".join(cue + words for cue, words in zip(cues, said, strict=True))
