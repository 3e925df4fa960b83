"""A real Dagster instance and a real corpus in a temporary HOME, and the sample show; only speech is scripted."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    SensorInstigatorData,
)

from ragtime_assets.adapters.captions.reader import PublisherCaptionReader
from ragtime_assets.adapters.vectors.parts import copy_sparse
from ragtime_assets.domain.artifacts.audio_file import AudioFacts
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.identity import Submission, page_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.history import SUBMISSION_SENSOR
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.care.kept_connections import connections_kept
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.resources import KeptResource
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import (
    DEFER_TAG,
    PARENT_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RESUME_TAG,
    ROOT_TAG,
)
from ragtime_assets.ports import Account, Hints, Journal, Progress
from ragtime_assets.samples.server import EPISODES, REFERENCE, SampleEpisode, sample, serve_samples
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Kept, Studio
from ragtime_assets_tests.conftest import postgres_database
from ragtime_assets_tests.fakes import FakeSpotListener

CAPTIONED, UNCAPTIONED = EPISODES
ON_POSTGRES = Path(__file__).parents[1] / "deploy" / "dagster-postgres.yaml"


@dataclass
class ScriptedTranscriber:
    """Hears the reference text; raises what it is told to."""

    engine: str = "scripted"
    place: str | None = None
    heard: int = 0
    raises: Exception | None = None
    takes: float = 0.0
    meanwhile: Callable[[], object] = lambda: None

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        self.heard += 1
        time.sleep(self.takes)
        self.meanwhile()
        progress(1, 2, "listening")
        if self.raises is not None:
            raise self.raises
        words = REFERENCE[UNCAPTIONED.slug].split()
        texts = [" ".join(words[start : start + 20]) for start in range(0, len(words), 20)]
        each = facts.duration / len(texts)
        segments = tuple(
            Segment(start=place * each, end=(place + 1) * each, text=text) for place, text in enumerate(texts)
        )
        return Transcript(
            engine=self.engine, language="en", duration=facts.duration, timing_source="audio", segments=segments
        )


@cache
def bare_home() -> Path:
    """A HOME in which nothing was submitted, to copy: making Dagster's tables and ours takes half a second."""
    folder = Path(tempfile.mkdtemp(prefix="rt-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = folder / "home"
    studio = Studio(Settings(home=home, dagster_home=home / "dagster", database_url=None))
    with open_instance(studio.settings) as instance:
        assert studio.database.engine
        instance.add_dynamic_partitions("episodes", [])
    studio.database.close()
    return home


def copied(folder: Path, to: Path) -> Path:
    """The folder, with all that is in it, somewhere else: an index of one episode is 1 MB and 114 MB of holes."""
    return Path(shutil.copytree(folder, to, copy_function=copy_sparse, dirs_exist_ok=True))


def laid(settings: Settings) -> Studio:
    """A corpus under these settings, with its tables in place where they are files."""
    if not settings.root.exists() and settings.database_url is None:
        copied(bare_home(), settings.root)
    return Studio(settings)


def captions_of(episode: SampleEpisode) -> tuple[Segment, ...]:
    """What the sample's captions say, and when."""
    name = f"{episode.slug}.vtt"
    return PublisherCaptionReader().read(Document(name, sample(name), "text/vtt"), "text/vtt")


@dataclass
class House:
    """One corpus with its Dagster instance."""

    studio: Studio
    instance: dg.DagsterInstance
    base: str
    speech: ScriptedTranscriber
    definitions: dg.Definitions = field(init=False)

    def __post_init__(self) -> None:
        studio = self.studio

        class OneKept(KeptResource):
            @property
            def kept(self) -> Kept:
                return studio

        self.resources = {
            "kept": OneKept(),
            "web": studio.web,
            "models": studio.models,
            "speech": studio.speech,
            "reading": studio.reading,
            "index": studio.index,
            "knowledge": studio.knowledge,
        }
        self.definitions = build_definitions(self.resources)

    @classmethod
    @contextmanager
    def open(cls, folder: Path, base: str, allow: tuple[str, ...] = (), **more: Any) -> Iterator[House]:
        """A corpus in this folder; it may fetch from `base`, or from the hosts in `allow`; `more` settings count."""
        chosen = {
            "podcast_indexes": (),
            "browser": "off",
            "allow_private_hosts": allow or (base.removeprefix("http://"),),
        }
        settings = Settings(home=folder / "home", **chosen | more)
        studio = laid(settings)
        speech = ScriptedTranscriber()
        studio.speech.transcriber = speech
        studio.speech.spot_listener = FakeSpotListener(captions_of(CAPTIONED))
        with open_instance(settings) as instance:
            yield cls(studio, instance, base, speech)
        studio.database.close()

    def submit(self, *paths: str) -> list[str]:
        """Submit pages of the sample show and make their partitions."""
        return self.take(page_submission(self.base + path) for path in paths)

    def take(self, wanted: Iterable[Submission]) -> list[str]:
        """Submit, and do what the sensor would: make partitions and answer the requests."""
        submissions = self.studio.submissions
        keys = [receipt.key for receipt in submissions.submit(list(wanted), by="test")]
        unanswered = [one.id for one in submissions.after(0, 10_000) if one.run_key is None]
        submissions.assign({request: f"by-hand-{request}" for request in unanswered})
        self.instance.add_dynamic_partitions("episodes", keys)
        return keys

    def run(self, key: str, *assets: str, tags: dict[str, str] | None = None) -> dg.ExecuteInProcessResult:
        """A live run, of all assets or of some."""
        return self._executed(
            self._job(),
            partition_key=key,
            asset_selection=[dg.AssetKey(asset) for asset in assets] or None,
            tags=tags,
        )

    def batch(
        self,
        first: str,
        last: str,
        *assets: str,
        deferred: bool = True,
        checks: bool = True,
        resumes: dg.ExecuteInProcessResult | None = None,
    ) -> dg.ExecuteInProcessResult:
        """A run over a range of episodes; without selected `checks`, as the sensor's batches are."""
        tags = {RANGE_START_TAG: first, RANGE_END_TAG: last} | ({DEFER_TAG: "true"} if deferred else {})
        if resumes is not None:
            tags |= {RESUME_TAG: "true", ROOT_TAG: resumes.run_id, PARENT_TAG: resumes.run_id}
        chosen = {dg.AssetKey(asset) for asset in assets}
        job = (
            self._job()
            if checks
            else self._job().get_subset(
                asset_selection=chosen or {dg.AssetKey(asset) for asset in PHASES}, asset_check_selection=set()
            )
        )
        return self._executed(job, asset_selection=list(chosen) if checks and chosen else None, tags=tags)

    def events(self, result: dg.ExecuteInProcessResult | dg.DagsterRun, kind: str) -> list[dg.DagsterEvent]:
        """The stored events of one kind of a run."""
        records = self.instance.get_records_for_run(result.run_id).records
        found = [record.event_log_entry.dagster_event for record in records]
        return [event for event in found if event is not None and event.event_type_value == kind]

    def made(self, result: dg.ExecuteInProcessResult | dg.DagsterRun) -> list[tuple[str, str]]:
        """(asset, episode) of every materialisation of a run."""
        found = self.events(result, "ASSET_MATERIALIZATION")
        return [(event.asset_key.to_user_string(), event.partition or "") for event in found if event.asset_key]

    def status(self, key: str) -> EpisodeStatus:
        """Where an episode stands."""
        return statuses(self.studio, self.instance, key)[0]

    def _executed(self, job: Any, **how: Any) -> dg.ExecuteInProcessResult:
        with connections_kept(self.instance):
            return job.execute_in_process(instance=self.instance, raise_on_error=False, **how)

    def _job(self) -> Any:
        return self.definitions.resolve_job_def("ingest_episode")


@pytest.fixture(scope="session")
def samples() -> Iterator[str]:
    """The sample show on loopback."""
    with serve_samples() as base:
        yield base


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, samples: str) -> tuple[Path, str]:
    """The folder of a corpus with one finished episode, to copy; and the episode's key."""
    folder = tmp_path_factory.mktemp("furnished")
    return folder, _furnish(folder, samples)


@pytest.fixture(scope="session")
def bare_on_postgres(tmp_path_factory: pytest.TempPathFactory, samples: str, postgres: str) -> Iterator[str]:
    """The name of a database with our tables and Dagster's, in which nothing was submitted, to copy."""
    folder = tmp_path_factory.mktemp("bare")
    with on_postgres(postgres, folder, "template1") as url:
        with House.open(folder, samples, database_url=url) as house:
            assert house.studio.database.engine
        yield str(sa.make_url(url).database)


@pytest.fixture(scope="session")
def furnished_on_postgres(
    tmp_path_factory: pytest.TempPathFactory, samples: str, postgres: str
) -> Iterator[tuple[Path, str]]:
    """The same where all tables are on Postgres, and the name of the database, to copy."""
    folder = tmp_path_factory.mktemp("furnished")
    with on_postgres(postgres, folder, "template1") as url:
        _furnish(folder, samples, database_url=url)
        yield folder, str(sa.make_url(url).database)


def _furnish(folder: Path, samples: str, **settings: Any) -> str:
    with House.open(folder, samples, **settings) as house:
        (key,) = house.submit(CAPTIONED.page)
        assert house.run(key).success
    return key


@contextmanager
def on_postgres(server: str, folder: Path, template: str) -> Iterator[str]:
    """The URL of a database of its own for the corpus in this folder, and for Dagster's storage of it."""
    with postgres_database(server, template) as url, pytest.MonkeyPatch.context() as patched:
        patched.setenv("DAGSTER_POSTGRES_URL", url)
        (folder / "home" / "dagster").mkdir(parents=True, exist_ok=True)
        shutil.copy(ON_POSTGRES, folder / "home" / "dagster" / "dagster.yaml")
        yield url


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, samples: str) -> Iterator[House]:
    """A corpus: empty, unless the test also asks for an episode that is `ready`."""
    is_on_postgres, is_furnished = request.config.getoption("--on-postgres"), "ready" in request.fixturenames
    more = dict[str, Any]()
    with ExitStack() as opened:
        if is_furnished:
            folder, template = request.getfixturevalue("furnished_on_postgres" if is_on_postgres else "furnished")
            copied(folder, tmp_path)
        else:
            template = request.getfixturevalue("bare_on_postgres") if is_on_postgres else ""
        if is_on_postgres:
            server = request.getfixturevalue("postgres")
            more["database_url"] = opened.enter_context(on_postgres(server, tmp_path, template))
        yield opened.enter_context(House.open(tmp_path, samples, **more))


@pytest.fixture
def ready(furnished: tuple[Path, str], house: House) -> str:
    """The key of an episode that is finished."""
    return furnished[1]


def sensor_state(instance: dg.DagsterInstance, status: InstigatorStatus, data: SensorInstigatorData) -> InstigatorState:
    """Write down what Dagster's daemon would of submission_sensor."""
    origin = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("ours"), "__repository__")
    state = InstigatorState(origin.get_instigator_origin(SUBMISSION_SENSOR), InstigatorType.SENSOR, status, data)
    return instance.add_instigator_state(state)
