"""Artifacts and blobs, in a folder and in an object store: written whole or not at all, read back or said why not."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore, opened
from ragtime_assets.adapters.storage.folder import Folder, file_errors_named
from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.trace import TraceStep
from ragtime_assets.errors import (
    ArtifactCorrupt,
    ArtifactTooNew,
    InputMissing,
    StorageFull,
    StoreUnavailable,
)
from ragtime_assets_tests.bucket_server import store_at
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.processes import running

KEY = "show-example-one-0123456789ab"
DIE_WHILE_WRITING = """
import sys
from pathlib import Path
from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
store = ArtifactStore(Path(sys.argv[1]), Path(sys.argv[1]) / "scratch")
with store.workspace() as folder:
    (folder / "half").write_bytes(b"x" * 1000)
    (folder.parent / f"{folder.name}-half").write_bytes(b"y")
    print("ready", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    """A store of each kind."""
    if request.param == "folder":
        return ArtifactStore(tmp_path / "store", tmp_path / "store" / "scratch")
    server = request.getfixturevalue("bucket_server")
    return store_at(server.new_bucket(), tmp_path, server.access())


@pytest.fixture
def folder(tmp_path: Path) -> ArtifactStore:
    """A store in a folder."""
    return ArtifactStore(tmp_path / "store", tmp_path / "store" / "scratch")


def save(store: ArtifactStore, artifact: Artifact, key: str = KEY) -> None:
    store.save(key, artifact, inputs={"a": "b"}, code_version="2", run_id="run-1", seconds=1.23456)


def file_of(tmp_path: Path, asset: str = "episode_details") -> Path:
    return tmp_path / "store" / "artifacts" / asset / f"{KEY}.json"


def test_an_artifact_is_younger_than_what_it_was_asked_for_by_though_the_clock_was_stepped_back(
    folder: ArtifactStore,
) -> None:
    asked_at = datetime.now(UTC) + timedelta(hours=1)
    of: dict[str, Any] = {"inputs": {}, "code_version": "2", "run_id": "run-1", "seconds": 1.0}
    assert folder.save(KEY, details_of(), **of, asked_at=asked_at).created_at > asked_at
    assert folder.save(KEY, details_of(), **of, asked_at=asked_at - timedelta(days=1)).created_at < asked_at


def test_an_artifact_is_read_back_with_where_it_came_from(store: ArtifactStore) -> None:
    details = details_of(title="Café – 🎷", published=datetime(2026, 3, 1, tzinfo=UTC))
    save(store, details)
    artifact, envelope = store.load(EpisodeDetails, KEY)
    assert artifact == details
    assert (envelope.key, envelope.asset, envelope.engine) == (KEY, "episode_details", "fake")
    assert (envelope.code_version, envelope.run_id, envelope.seconds) == ("2", "run-1", 1.235)
    assert (envelope.inputs, envelope.digest) == ({"a": "b"}, details.digest())
    assert envelope.created_at.tzinfo == UTC


def test_saving_again_replaces(store: ArtifactStore) -> None:
    for title in ("first", "second"):
        save(store, details_of(title=title))
    assert store.load(EpisodeDetails, KEY)[0].title == "second"
    assert len(list(store.envelopes())) == 1


def test_what_was_never_saved_is_missing(store: ArtifactStore) -> None:
    assert store.envelope("episode_details", KEY) is None
    with pytest.raises(InputMissing, match=f"episode_details of {KEY}"):
        store.load(EpisodeDetails, KEY)


def test_the_index_can_be_rebuilt_from_the_files(store: ArtifactStore) -> None:
    assert list(store.envelopes()) == []
    for key in ("one", "two"):
        save(store, details_of(title=key), key)
    save(store, Embeddings(engine="e", dimension=1, chunk_digests=(), vectors="v"), "one")
    store.attach("episode_details", "one", "md", "beside")
    store.attach("episode_details", "one", "podcast.json", "{}")
    assert {(one.asset, one.key) for one in store.envelopes()} == {
        ("episode_details", "one"),
        ("episode_details", "two"),
        ("embeddings", "one"),
    }
    assert store.remove("one") == 2
    assert store.attachment("episode_details", "one", "podcast.json") is None


def test_what_lies_beside_an_artifact_has_a_path(folder: ArtifactStore, tmp_path: Path) -> None:
    folder.attach("transcript", KEY, "vtt", "WEBVTT – ü")
    path = tmp_path / "store" / "artifacts" / "transcript" / f"{KEY}.vtt"
    assert folder.path("transcript", KEY, "vtt") == str(path)
    assert path.read_text(encoding="utf-8") == "WEBVTT – ü"


def test_a_blob_is_kept_under_its_digest_and_used_up(store: ArtifactStore, tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    digest = hashlib.sha256(content).hexdigest()
    for _ in range(2):
        source = tmp_path / "download"
        source.write_bytes(content)
        store.put(source, digest)
        assert not source.exists()
        with store.local_copy(digest) as path:
            assert path.read_bytes() == content


def test_the_same_bytes_are_kept_once(store: ArtifactStore) -> None:
    digests = {store.put_bytes(b"same") for _ in range(3)}
    assert digests == {hashlib.sha256(b"same").hexdigest()}
    with store.local_copy(digests.pop()) as path:
        assert path.read_bytes() == b"same"


def test_a_file_from_another_file_system_is_copied_in(folder: ArtifactStore, tmp_path: Path) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        shared = tmp_path
    source = shared / f"ragtime-{uuid.uuid4().hex}"
    source.write_bytes(b"audio")
    digest = hashlib.sha256(b"audio").hexdigest()
    folder.put(source, digest)
    assert not source.exists()
    with folder.local_copy(digest) as path:
        assert path.read_bytes() == b"audio"


def test_a_blob_that_is_not_there_is_named(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactCorrupt, match="no-such-digest"), store.local_copy("no-such-digest"):
        pass


def test_a_torn_blob_is_named_and_healed_by_putting_it_again(folder: ArtifactStore, tmp_path: Path) -> None:
    digest = folder.put_bytes(b"sound")
    with folder.local_copy(digest) as path:
        path.write_bytes(b"so")
    with pytest.raises(ArtifactCorrupt, match="torn"), folder.local_copy(digest):
        pass
    source = tmp_path / "again"
    source.write_bytes(b"sound")
    folder.put(source, digest)
    with folder.local_copy(digest) as path:
        assert path.read_bytes() == b"sound"


def test_a_workspace_is_gone_afterwards_and_after_an_error(store: ArtifactStore) -> None:
    with store.workspace() as space:
        (space / "file").write_text("x")
    assert not space.exists()
    with pytest.raises(ZeroDivisionError), store.workspace() as space:
        raise ZeroDivisionError
    assert not space.exists()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: "", "cannot be read"),
        (lambda text: text[: len(text) // 2], "cannot be read"),
        (lambda text: "{}", "cannot be read"),
        (lambda text: text.replace("The first episode", "Another title"), "digest"),
        (lambda text: text.replace('"confidence":1.0', '"confidence":"high"'), "confidence"),
        (lambda text: text.replace('"payload":{', '"payload":{"surprise":1,'), "surprise"),
    ],
    ids=["empty", "cut", "no envelope", "changed", "wrong type", "unknown field"],
)
def test_a_damaged_artifact_is_said_to_be_and_how_to_make_it_again(
    folder: ArtifactStore, tmp_path: Path, damage: Callable[[str], str], why: str
) -> None:
    save(folder, details_of())
    file = file_of(tmp_path)
    file.write_text(damage(file.read_text()))
    with pytest.raises(ArtifactCorrupt, match=why) as caught:
        folder.load(EpisodeDetails, KEY)
    assert caught.value.remedy == f"ragtime redo {KEY} --from episode_details"


def test_what_tells_only_how_it_came_about_may_change_without_harm(folder: ArtifactStore, tmp_path: Path) -> None:
    step = TraceStep(at=datetime(2024, 5, 1, tzinfo=UTC), tool="fetch", output="quick")
    save(folder, details_of(trace=(step,)))
    file = file_of(tmp_path)
    file.write_text(file.read_text().replace('"output":"quick"', '"output":"slow"'))
    assert folder.load(EpisodeDetails, KEY)[0].trace[0].output == "slow"


class Second(EpisodeDetails):
    """The details in a schema version of tomorrow."""

    schema_version: ClassVar[int] = EpisodeDetails.schema_version + 2
    upgrades: ClassVar[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {
        EpisodeDetails.schema_version: lambda payload: payload | {"middle": payload["title"]},
        EpisodeDetails.schema_version + 1: lambda payload: (
            {name: value for name, value in payload.items() if name != "middle"} | {"heading": payload["middle"]}
        ),
    }
    heading: str


def test_an_artifact_of_an_older_version_is_upgraded_step_by_step_on_read(store: ArtifactStore) -> None:
    save(store, details_of(title="Old"))
    assert store.load(Second, KEY)[0].heading == "Old"


def test_an_artifact_of_a_newer_version_is_refused(store: ArtifactStore) -> None:
    save(store, Second.model_validate(details_of().model_dump() | {"heading": "New"}))
    with pytest.raises(ArtifactTooNew, match=f"schema version {Second.schema_version}"):
        store.load(EpisodeDetails, KEY)


def test_an_old_version_without_an_upgrade_is_corrupt_not_a_crash(store: ArtifactStore) -> None:
    save(store, details_of())
    envelope = store.envelope("episode_details", KEY)
    assert envelope is not None
    with pytest.raises(ArtifactCorrupt):
        opened(EpisodeDetails, envelope.model_copy(update={"schema_version": 0}))


def test_a_killed_process_leaves_nothing_that_is_read_and_the_rest_is_swept(
    folder: ArtifactStore, tmp_path: Path
) -> None:
    with running(DIE_WHILE_WRITING, str(tmp_path / "store")) as process, folder.workspace() as mine:
        assert folder.sweep() == 0
        process.kill()
        process.wait()
        assert folder.sweep() == 2
        assert mine.exists()
    assert list((tmp_path / "store" / "scratch").iterdir()) == []
    assert list(folder.envelopes()) == []


def test_sweeping_leaves_alone_what_it_does_not_know(folder: ArtifactStore, tmp_path: Path) -> None:
    scratch = tmp_path / "store" / "scratch"
    scratch.mkdir(parents=True)
    (scratch / "notes-of-mine").write_text("x")
    (scratch / f"{os.getpid()}@{socket.gethostname()}@mine").write_text("x")
    assert folder.sweep() == 0
    assert len(list(scratch.iterdir())) == 2


def test_sweeping_leaves_alone_what_another_machine_is_downloading(folder: ArtifactStore, tmp_path: Path) -> None:
    """Processes of two machines have the same numbers, and a shared folder shows the files of both."""
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    scratch = tmp_path / "store" / "scratch"
    scratch.mkdir(parents=True)
    theirs, ours = (scratch / f"{int(gone.stdout)}@{host}@x" for host in ("elsewhere", socket.gethostname()))
    theirs.write_text("half of an episode")
    ours.write_text("x")
    assert folder.sweep() == 1
    assert list(scratch.iterdir()) == [theirs]


def test_an_envelope_holds_json_that_others_can_read(folder: ArtifactStore, tmp_path: Path) -> None:
    save(folder, details_of())
    content = json.loads(file_of(tmp_path).read_text(encoding="utf-8"))
    assert content["schema_version"] == EpisodeDetails.schema_version
    assert content["payload"]["title"] == "The first episode"


def test_a_root_that_is_a_file_is_one_of_our_errors(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    store = ArtifactStore(tmp_path / "store", tmp_path / "scratch")
    with pytest.raises(StoreUnavailable, match="store"):
        save(store, details_of())
    with pytest.raises(StoreUnavailable, match="store"):
        store.put_bytes(b"x")


def test_a_folder_in_the_place_of_an_artifact_is_one_of_our_errors(folder: ArtifactStore, tmp_path: Path) -> None:
    file_of(tmp_path).mkdir(parents=True)
    with pytest.raises(StoreUnavailable, match=KEY):
        folder.load(EpisodeDetails, KEY)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_called_so_and_leaves_nothing(tmp_path: Path, number: int) -> None:
    class FullDisk(Folder):
        """A folder whose disk takes no byte more."""

        def _replace(self, path: Path, content: bytes) -> None:
            with file_errors_named(path):
                raise OSError(number, os.strerror(number))

    full = FullDisk(tmp_path / "store", tmp_path / "scratch")
    with pytest.raises(StorageFull, match="no space left"):
        full.write("artifacts/one", b"x")
    assert list(full.names("artifacts/")) == []


def test_a_store_is_found_good_and_left_as_it_was(store: ArtifactStore) -> None:
    store.check()
    assert list(store.envelopes()) == []


def test_a_blob_can_be_discarded_twice(store: ArtifactStore) -> None:
    digest = store.put_bytes(b"sound")
    for _ in range(2):
        store.discard(digest)
    assert store.open_blob(digest) is None


def test_a_blob_is_read_from_any_place_of_it(store: ArtifactStore) -> None:
    file = store.open_blob(store.put_bytes(bytes(range(200))))
    assert file is not None
    with file:
        assert file.seek(0, 2) == 200
        assert file.read() == b""
        file.seek(150)
        assert file.read(3) == bytes([150, 151, 152])
        assert file.read() == bytes(range(153, 200))


def test_attachments_are_found_by_their_suffix_alone(store: ArtifactStore) -> None:
    for key, suffix in (("one", "vtt"), ("two", "vtt"), ("one", "en.vtt")):
        store.attach("transcript", key, suffix, f"{key} {suffix} – ü")
    assert list(store.attachments("transcript", "vtt")) == [("one", "one vtt – ü"), ("two", "two vtt – ü")]
