"""Artifacts in a bucket: what a store that refuses, dawdles or hangs up leads to, and what is seen of it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.adapters.storage.bucket import Bucket
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.errors import ConfigurationError, RagtimeError, StorageFull, StoreUnavailable
from ragtime_assets_tests.bucket_server import FIVE_MIB, BucketServer, Faults, faulty, store_at
from ragtime_assets_tests.fakes import details_of

KEY = "show-example-one-0123456789ab"
AUDIO = os.urandom(FIVE_MIB) * 2 + b"the end"
DIGEST = hashlib.sha256(AUDIO).hexdigest()


@pytest.fixture
def faults(bucket_server: BucketServer) -> Iterator[Faults]:
    with faulty(bucket_server) as found:
        yield found


@pytest.fixture
def url(bucket_server: BucketServer) -> str:
    return bucket_server.new_bucket()


@pytest.fixture
def store(bucket_server: BucketServer, faults: Faults, url: str, tmp_path: Path) -> ArtifactStore:
    """A store behind the faults that is tried once."""
    return store_at(url, tmp_path, bucket_server.access(endpoint=faults.endpoint, tries=1, part=FIVE_MIB))


def save(store: ArtifactStore, title: str = "The first episode") -> None:
    store.save(KEY, details_of(title=title), inputs={}, code_version="1", run_id="r", seconds=0)


def without_boto3(code: str) -> str:
    """What a process says that has no driver for S3: the class of its error, and the remedy."""
    lines = (
        "import sys",
        "sys.modules['boto3'] = None",
        "from pathlib import Path",
        "from ragtime_assets.adapters.storage.artifact_store import ArtifactStore",
        f"try: {code}",
        "except Exception as error: print(type(error).__name__, error.remedy)",
    )
    return subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True).stdout


def audio_in(tmp_path: Path) -> Path:
    path = tmp_path / "download"
    path.write_bytes(AUDIO)
    return path


REFUSALS = {
    "busy": ((503, "SlowDown"), StoreUnavailable, "RAGTIME_S3_ENDPOINT"),
    "broken": ((500, "InternalError"), StoreUnavailable, "RAGTIME_S3_ENDPOINT"),
    "conflict": ((409, "OperationAborted"), StoreUnavailable, "RAGTIME_S3_ENDPOINT"),
    "without rights": ((403, "AccessDenied"), ConfigurationError, "RAGTIME_S3_KEY_ID"),
    "unknown key": ((403, "InvalidAccessKeyId"), ConfigurationError, "RAGTIME_S3_KEY_ID"),
    "expired": ((400, "ExpiredToken"), ConfigurationError, "Renew RAGTIME_S3_KEY_ID"),
    "wrong clock": ((403, "RequestTimeTooSkewed"), ConfigurationError, "clock"),
    "full": ((507, "XMinioStorageFull"), StorageFull, "RAGTIME_ARTIFACTS_URL"),
    "elsewhere": ((400, "AuthorizationHeaderMalformed"), ConfigurationError, "RAGTIME_S3_REGION"),
    "bucket gone": ((404, "NoSuchBucket"), ConfigurationError, "RAGTIME_ARTIFACTS_URL"),
    "no S3": ((405, "MethodNotAllowed"), ConfigurationError, "RAGTIME_S3_ENDPOINT"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refused_write_says_whether_to_wait_or_which_setting_to_change_and_the_old_artifact_stands(
    store: ArtifactStore, faults: Faults, what: str
) -> None:
    answer, expected, setting = REFUSALS[what]
    save(store, "before")
    faults.refused["PUT"] = answer
    with pytest.raises(RagtimeError, match="s3://corpus-") as caught:
        save(store, "after")
    assert type(caught.value) is expected
    assert setting in caught.value.remedy
    faults.refused.clear()
    assert store.load(EpisodeDetails, KEY)[0].title == "before"


def test_a_store_that_does_not_answer_in_time_is_unavailable_and_asked_again_later(
    bucket_server: BucketServer, store: ArtifactStore, faults: Faults, url: str, tmp_path: Path
) -> None:
    faults.slow.add("PUT")
    hasty = bucket_server.access(endpoint=faults.endpoint, answer_seconds=0.2, tries=1)
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        save(store_at(url, tmp_path, hasty))
    assert "RAGTIME_S3_ENDPOINT" in caught.value.remedy
    faults.slow.clear()
    save(store)
    assert store.holds(EpisodeDetails.asset, KEY)


@pytest.mark.parametrize("passing", [2, 3], ids=["in the first part", "in the second part"])
def test_an_upload_that_is_cut_off_is_never_seen_leaves_nothing_and_can_be_done_again(
    store: ArtifactStore, faults: Faults, bucket_server: BucketServer, url: str, tmp_path: Path, passing: int
) -> None:
    download = audio_in(tmp_path)
    faults.cut.add("PUT")
    faults.passing = passing
    with pytest.raises(StoreUnavailable):
        store.put(download, DIGEST)
    assert store.open_blob(DIGEST) is None
    assert bucket_server.names(url) == []
    assert bucket_server.unfinished(url) == 0
    faults.cut.clear()
    store.put(download, DIGEST)
    assert not download.exists()
    with store.local_copy(DIGEST) as path:
        assert path.read_bytes() == AUDIO


def test_a_short_fault_is_got_over_without_anybody_noticing(
    bucket_server: BucketServer, faults: Faults, url: str, tmp_path: Path
) -> None:
    patient = store_at(url, tmp_path, bucket_server.access(endpoint=faults.endpoint))
    faults.refused["PUT"] = (503, "SlowDown")
    faults.left = 1
    save(patient)
    assert [method for method, *_ in faults.asked] == ["PUT", "PUT"]


def test_what_is_there_is_not_sent_again(store: ArtifactStore, faults: Faults, tmp_path: Path) -> None:
    store.put(audio_in(tmp_path), DIGEST)
    store.put_bytes(b"vectors")
    faults.asked.clear()
    store.put(audio_in(tmp_path), DIGEST)
    store.put_bytes(b"vectors")
    assert [method for method, *_ in faults.asked] == ["HEAD", "HEAD"]


def test_a_blob_of_another_length_is_torn_and_written_over(
    bucket_server: BucketServer, url: str, tmp_path: Path
) -> None:
    Bucket(url, bucket_server.access()).write(f"blobs/{DIGEST}", b"half")
    store = store_at(url, tmp_path, bucket_server.access(part=FIVE_MIB))
    store.put(audio_in(tmp_path), DIGEST)
    with store.local_copy(DIGEST) as path:
        assert path.read_bytes() == AUDIO


def test_a_blob_is_read_from_any_place_and_only_what_is_read_is_asked_for(
    store: ArtifactStore, faults: Faults, tmp_path: Path
) -> None:
    store.put(audio_in(tmp_path), DIGEST)
    faults.asked.clear()
    file = store.open_blob(DIGEST)
    assert file is not None
    with file:
        assert file.seek(0, 2) == len(AUDIO)
        file.seek(len(AUDIO) - 7)
        assert file.read() == b"the end"
        file.seek(FIVE_MIB)
        assert file.read(10) == AUDIO[:10]
    ranges = [found for method, _, found in faults.asked if method == "GET"]
    assert ranges == [f"bytes={len(AUDIO) - 7}-", f"bytes={FIVE_MIB}-"]


def test_a_listing_goes_on_page_after_page(bucket_server: BucketServer, faults: Faults, url: str) -> None:
    bucket = Bucket(url, bucket_server.access(endpoint=faults.endpoint, page=2))
    names = [f"artifacts/transcript/{number}.json" for number in range(5)]
    for name in (*names, "artifacts/transcripts/no.json", "artifacts/transcript/deeper/no.json"):
        bucket.write(name, b"x")
    faults.asked.clear()
    assert list(bucket.names("artifacts/transcript/")) == names
    assert list(bucket.names("artifacts/transcript/3")) == [names[3]]
    assert len(faults.asked) == 4


def test_all_that_is_kept_is_read_several_files_at_the_same_time(store: ArtifactStore, faults: Faults) -> None:
    """As `ragtime reindex` does: with one wait for each of a million files it would take a day."""
    keys = [f"{KEY}-{number}" for number in range(4)]
    for key in keys:
        store.save(key, details_of(title=key), inputs={}, code_version="1", run_id="r", seconds=0)
    faults.meet = threading.Barrier(len(keys))
    assert [one.key for one in store.envelopes()] == keys


def test_what_is_forgotten_goes_in_one_request(bucket_server: BucketServer, faults: Faults, url: str) -> None:
    bucket = Bucket(url, bucket_server.access(endpoint=faults.endpoint))
    names = [f"blobs/{number}" for number in range(5)]
    for name in names:
        bucket.write(name, b"x")
    faults.asked.clear()
    bucket.remove([*names, "blobs/never-there"])
    assert [method for method, *_ in faults.asked] == ["POST"]
    assert bucket_server.names(url) == []


def test_a_bucket_is_found_good_and_left_as_it_was(store: ArtifactStore, bucket_server: BucketServer, url: str) -> None:
    store.check()
    assert bucket_server.names(url) == []


def test_a_bucket_that_does_not_exist_is_said_at_start(bucket_server: BucketServer, tmp_path: Path) -> None:
    store = store_at("s3://no-such-bucket/corpus", tmp_path, bucket_server.access())
    with pytest.raises(ConfigurationError, match="the bucket of s3://no-such-bucket/corpus/ does not exist") as caught:
        store.check()
    assert "RAGTIME_ARTIFACTS_URL" in caught.value.remedy


def test_a_store_that_ignores_conditional_puts_is_refused_at_start(
    store: ArtifactStore, faults: Faults, bucket_server: BucketServer, url: str
) -> None:
    faults.deaf.add("if-none-match")
    with pytest.raises(ConfigurationError, match="ignores conditional puts") as caught:
        store.check()
    assert "RAGTIME_S3_ENDPOINT" in caught.value.remedy
    assert bucket_server.names(url) == []


def test_keys_that_may_not_write_are_said_at_start(store: ArtifactStore, faults: Faults) -> None:
    faults.refused["PUT"] = (403, "AccessDenied")
    with pytest.raises(ConfigurationError, match="refuses") as caught:
        store.check()
    assert "write" in caught.value.remedy


def test_a_server_that_is_not_there_is_said_at_start(bucket_server: BucketServer, tmp_path: Path) -> None:
    nobody = bucket_server.access(endpoint="http://127.0.0.1:9", tries=1)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        store_at("s3://corpus/all", tmp_path, nobody).check()


@pytest.mark.parametrize(
    "url", ["floppy://user:hunter2@a/b", "s3://user:hunter2@bucket/a", "s3://B/a", "s3:///a", "gs://bucket/a"]
)
def test_a_url_that_names_no_bucket_is_a_wrong_setting_and_no_password_is_said(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="RAGTIME_ARTIFACTS_URL=") as caught:
        ArtifactStore(url, tmp_path)
    assert "s3://BUCKET/PREFIX" in caught.value.remedy
    assert "hunter2" not in str(caught.value)


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path) -> None:
    """In a process that has no boto3."""
    done = without_boto3(f"ArtifactStore('s3://bucket/corpus', Path({str(tmp_path)!r}))")
    assert "EngineUnavailable" in done
    assert "pip install ragtime-assets[s3]" in done
