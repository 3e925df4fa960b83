"""What people see on every materialization: facts, a preview, links. Never a whole text, never a secret."""

from __future__ import annotations

from datetime import datetime

import dagster as dg

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.facts import Count, Link, Value
from ragtime_assets.domain.links import artifact_url, report_url
from ragtime_assets.domain.markdown import cut, markdown
from ragtime_assets.domain.money.spending import Total

Metadata = dict[str, dg.MetadataValue]
KEPT_FROM = "kept_from_run"
"""Names the run that had made an artifact which this one did not make again."""

PREVIEW = 600
CELL = 200
PAGE = 4_800


def metadata_of(artifact: Artifact, envelope: Envelope, store: ArtifactStore, face: str) -> Metadata:
    """The facts of this artifact, where it lies, and where on the `face` a browser opens it."""
    facts = {fact.name: _shown(fact.value) for fact in artifact.tells()}
    asset, key = envelope.asset, envelope.key
    files = {name: artifact_url(face, asset, key, suffix) for name, suffix in artifact.files.items()}
    where = {"artifact": artifact_url(face, asset, key), **files}
    if asset == EpisodeReport.asset:
        where["report"] = report_url(face, key)
    made: Metadata = {
        "engine": dg.MetadataValue.text(artifact.engine),
        "seconds": dg.MetadataValue.float(envelope.seconds),
    }
    links: Metadata = {name: dg.MetadataValue.url(url) for name, url in where.items()}
    return facts | made | links | {"path": dg.MetadataValue.path(store.path(asset, key))}


def spent(total: Total) -> Metadata:
    """What the calls for an artifact cost; nothing when there were none."""
    if not total.calls:
        return {}
    told: Metadata = {
        "model_calls": dg.MetadataValue.int(total.calls),
        "tokens": dg.MetadataValue.int(total.tokens.total),
    }
    if total.cost is not None:
        told["cost_usd"] = dg.MetadataValue.float(float(total.cost))
    if total.unpriced:
        told["calls_without_price"] = dg.MetadataValue.int(total.unpriced)
    return told


def _shown(value: Value) -> dg.MetadataValue:
    match value:
        case str():
            return dg.MetadataValue.text(value)
        case bool():
            return dg.MetadataValue.bool(value)
        case int():
            return dg.MetadataValue.int(value)
        case float():
            return dg.MetadataValue.float(value)
        case datetime():
            return dg.MetadataValue.timestamp(value)
        case Count():
            return dg.MetadataValue.int(value.number)
        case Link():
            return dg.MetadataValue.url(value.url)
        case _:
            return dg.MetadataValue.md(cut(markdown(value, PREVIEW, CELL), PAGE))
