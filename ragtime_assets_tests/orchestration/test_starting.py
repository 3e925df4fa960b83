"""What is wrong with a machine is said as its worker starts, each fault in its own words, and the same by `doctor`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from ragtime_assets.adapters.vectors.server import check_server
from ragtime_assets.corpus.schema import VERSION_TABLE
from ragtime_assets.errors import ConfigurationError, OtherSchema, PermanentError, RagtimeError, StoreUnavailable
from ragtime_assets.orchestration.launching.keeping import Worker
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio, checkup
from ragtime_assets_tests.bucket_server import BucketServer, faulty, keys_of
from ragtime_assets_tests.pgbouncer import pooled
from ragtime_assets_tests.qdrant_server import QdrantServer
from ragtime_assets_tests.redis_server import Redis, redis_server

pytestmark = pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
DEPLOYED = Path(__file__).parents[2] / "deploy" / "dagster-celery.yaml"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def qdrant(httpserver: HTTPServer) -> QdrantServer:
    return QdrantServer(httpserver, key="hunter2")


def starting(redis: Redis, own_settings: Path, sqlite_url: str, **settings: Any) -> Worker:
    """A worker of this machine, which does not run."""
    chosen = {"home": own_settings, "launcher": "celery", "broker_url": redis.url, "database_url": sqlite_url}
    return Worker(Studio(Settings.model_validate(chosen | settings)), [], 1, tell=print)


def refused(worker: Worker, check: Any) -> RagtimeError:
    """Why the worker does not start; the check of `doctor` has to say the same."""
    with pytest.raises(RagtimeError) as caught:
        worker.check()
    with pytest.raises(type(caught.value)) as told:
        list(check(Studio(worker.settings)))
    assert (told.value.message, told.value.remedy) == (caught.value.message, caught.value.remedy)
    assert caught.value.remedy
    assert "hunter2" not in caught.value.message
    return caught.value


def test_a_machine_on_which_everything_answers_may_work(
    redis: Redis, own_settings: Path, sqlite_url: str, bucket_server: BucketServer, qdrant: QdrantServer
) -> None:
    shared = {"qdrant_url": qdrant.url, "qdrant_api_key": "hunter2"}
    bucket = keys_of(bucket_server, bucket_server.new_bucket())
    assert starting(redis, own_settings, sqlite_url, **shared, **bucket).check() == redis.url


def test_a_bucket_that_does_not_exist_is_said(
    redis: Redis, own_settings: Path, sqlite_url: str, bucket_server: BucketServer
) -> None:
    worker = starting(redis, own_settings, sqlite_url, **keys_of(bucket_server, "s3://no-such-bucket/all"))
    assert "no-such-bucket" in refused(worker, checkup.artifacts).message


def test_a_store_that_ignores_conditional_puts_is_said(
    redis: Redis, own_settings: Path, sqlite_url: str, bucket_server: BucketServer
) -> None:
    with faulty(bucket_server) as faults:
        faults.deaf.add("if-none-match")
        bucket = keys_of(bucket_server, bucket_server.new_bucket()) | {"s3_endpoint": faults.endpoint}
        worker = starting(redis, own_settings, sqlite_url, **bucket)
        assert "ignores conditional puts" in refused(worker, checkup.artifacts).message


@pytest.mark.parametrize("version", ["0.11.7", "1.9.2", "2.0.0"])
def test_a_qdrant_that_we_cannot_speak_to_is_said_with_both_versions(
    version: str, redis: Redis, own_settings: Path, sqlite_url: str, qdrant: QdrantServer
) -> None:
    qdrant.version = version
    worker = starting(redis, own_settings, sqlite_url, qdrant_url=qdrant.url, qdrant_api_key="hunter2")
    error = refused(worker, checkup.index_server)
    assert isinstance(error, ConfigurationError)
    assert f"it is Qdrant {version}, and qdrant-client 1." in error.message
    assert "from 1.10 on" in error.remedy


def test_a_qdrant_that_refuses_the_key_is_said(
    redis: Redis, own_settings: Path, sqlite_url: str, qdrant: QdrantServer
) -> None:
    worker = starting(redis, own_settings, sqlite_url, qdrant_url=qdrant.url, qdrant_api_key="guessed")
    error = refused(worker, checkup.index_server)
    assert "RAGTIME_QDRANT_API_KEY" in error.remedy


def test_what_answers_and_is_no_qdrant_and_what_does_not_answer_are_two_errors(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("<html>a router</html>")
    with pytest.raises(PermanentError, match="no Qdrant server"):
        check_server(httpserver.url_for(""))
    with pytest.raises(StoreUnavailable, match="does not answer"):
        check_server("http://127.0.0.1:1")


@pytest.mark.parametrize(("version", "remedy"), [("9999", "Upgrade ragtime-assets"), ("0001", "ragtime migrate")])
def test_tables_of_another_version_are_said_with_which_of_the_two_is_to_be_upgraded(
    version: str, remedy: str, redis: Redis, own_settings: Path, sqlite_url: str
) -> None:
    engine = sa.create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"update {VERSION_TABLE} set version_num = :version"), {"version": version})
    engine.dispose()
    error = refused(starting(redis, own_settings, sqlite_url), checkup.database)
    assert isinstance(error, OtherSchema)
    assert version in error.message
    assert remedy in error.remedy


def test_a_pooler_on_which_no_lock_holds_is_said(redis: Redis, own_settings: Path, postgres_url: str) -> None:
    with pooled(postgres_url, "transaction") as through:
        error = refused(starting(redis, own_settings, through), checkup.database)
    assert "pool_mode=transaction" in error.message


def test_dagsters_storage_that_nobody_named_is_said(redis: Redis, own_settings: Path, sqlite_url: str) -> None:
    (own_settings / "dagster").mkdir(parents=True)
    shutil.copy(DEPLOYED, own_settings / "dagster" / "dagster.yaml")
    with pytest.raises(RagtimeError, match="DAGSTER_POSTGRES_URL") as caught:
        starting(redis, own_settings, sqlite_url).check()
    assert caught.value.remedy
