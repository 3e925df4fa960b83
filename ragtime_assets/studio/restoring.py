"""A corpus made from a backup: files first, the tables last, so that who is killed finds nothing half-known.

What can be made anew is made anew: the artifact index, and the vectors from the artifacts. Nothing is paid for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ragtime_assets.adapters.storage.backup_files import BackupReader
from ragtime_assets.corpus import snapshots
from ragtime_assets.corpus.database import SCHEMA_VERSION
from ragtime_assets.corpus.postgres_programs import fitting
from ragtime_assets.corpus.snapshots import Snapshot
from ragtime_assets.domain.backup import HISTORY, STORE, Manifest
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import InvalidBackup, RagtimeError
from ragtime_assets.settings import child_environment
from ragtime_assets.studio import Studio
from ragtime_assets.studio.backing_up import history_apart
from ragtime_assets.studio.blobs import key_of
from ragtime_assets.studio.reindexing import Plan, rebuild, reindex_artifacts
from ragtime_assets.studio.unfinished import noted, unfinished

Tell = Callable[[str], object]
_HISTORY_FOLDERS = ("history", "schedules")


@dataclass
class Restored:
    """What was brought back."""

    manifest: Manifest
    has_history: bool
    """Whether Dagster's history came with it."""
    unreadable: list[RagtimeError] = field(default_factory=list[RagtimeError])
    """What of it cannot be read, and so is not in the artifact index or not in the vectors."""
    other_vectors: int = 0
    """Episodes whose vectors are of another engine than those that answer."""


def restore(studio: Studio, source: Path, *, replace: bool, as_new: bool, tell: Tell) -> Restored:
    """Make the corpus that a backup is of; nobody may work on this one meanwhile."""
    with BackupReader(source) as backup:
        manifest = backup.manifest()
        _check_kind(studio, manifest, source)
        _check_room(studio, manifest, source, replace=replace, as_new=as_new)
        tell(f"reading {len(manifest.files):,} files")
        backup.check(manifest)
        with noted(studio.settings, f"a restore of {source}", f"ragtime restore {source.absolute()} --replace"):
            return _restore(studio, backup, manifest, as_new=as_new, tell=tell)


def _check_kind(studio: Studio, manifest: Manifest, source: Path) -> None:
    """Raise InvalidBackup for tables that the database here, this version or its programs cannot take."""
    kind = "sqlite" if studio.database.is_sqlite else "postgresql"
    if manifest.database != kind:
        raise InvalidBackup(
            f"the backup {source} is of {manifest.database}, and the corpus database here is {kind}",
            remedy="Set RAGTIME_DATABASE_URL to a database of that kind, or unset it for SQLite; then restore.",
        )
    if manifest.schema_version > SCHEMA_VERSION:
        raise InvalidBackup(
            f"the backup {source} has schema version {manifest.schema_version}, written by ragtime-assets "
            f"{manifest.version}; this one knows up to {SCHEMA_VERSION}",
            remedy="Upgrade ragtime-assets, then restore.",
        )
    if manifest.client is not None:
        fitting("pg_restore", manifest.client)


def _check_room(studio: Studio, manifest: Manifest, source: Path, *, replace: bool, as_new: bool) -> None:
    """Raise InvalidBackup where something is that the backup would take the place of, unless that is said."""
    if unfinished(studio.settings) is not None:
        return
    root, has_tables = studio.settings.root, not snapshots.is_empty(studio.database)
    if has_tables and manifest.corpus != snapshots.corpus_id(studio.database) and replace and not as_new:
        raise InvalidBackup(
            f"the backup {source} is of another corpus than {root} has, or has no name yet",
            remedy="Restore into another RAGTIME_HOME, or say --as-new, which makes it a corpus of its own.",
        )
    has_files = next(studio.store.files(), None) is not None
    if (has_tables or has_files) and not replace:
        what = f"the corpus in {root} is not empty"
        files = f"{masked(str(studio.settings.artifacts))} holds artifacts, maybe of another corpus"
        raise InvalidBackup(
            what if has_tables else files,
            remedy="Restore into another RAGTIME_HOME, or say --replace: what is here goes then.",
        )


def _restore(studio: Studio, backup: BackupReader, manifest: Manifest, *, as_new: bool, tell: Tell) -> Restored:
    environment = child_environment(studio.settings)
    for one in studio.index.collections.all():
        studio.index.opened(one).drop()
    tell("artifacts and blobs")
    _restore_store(studio, backup, manifest)
    has_history = manifest.history is None and history_apart(studio.settings) is None
    if has_history:
        tell("Dagster's history")
        _restore_history(studio, backup, manifest)
    tell("tables")
    with studio.store.workspace() as folder:
        tables = folder / manifest.tables
        backup.copy(manifest.tables, tables)
        snapshot = Snapshot(tables, manifest.database, manifest.schema_version, manifest.client)
        snapshots.bring_in(studio.database, snapshot, environment)
    if as_new:
        snapshots.rename(studio.database)
    tell("artifact index")
    remove_unknown(studio)
    done = Restored(manifest, has_history, list(reindex_artifacts(studio).unreadable))
    tell("vectors")
    _restore_vectors(studio, done)
    return done


def remove_unknown(studio: Studio) -> None:
    """Remove the artifacts of episodes that the tables do not know: no submission of them ever comes."""
    known = {one.key for one in studio.submissions.episodes()}
    for file in studio.store.files():
        if key_of(file) not in known:
            studio.store.remove_file(file)


def _restore_store(studio: Studio, backup: BackupReader, manifest: Manifest) -> None:
    with studio.store.workspace() as folder:
        for name in manifest.files:
            if not name.startswith(STORE):
                continue
            kind, _, rest = name.removeprefix(STORE).partition("/")
            if kind == "blobs":
                backup.copy(name, folder / rest)
                studio.store.put(folder / rest, rest)
            else:
                studio.store.write_file(f"{kind}/{rest}", backup.read(name))


def _restore_history(studio: Studio, backup: BackupReader, manifest: Manifest) -> None:
    home = studio.settings.instance_folder
    for folder in _HISTORY_FOLDERS:
        shutil.rmtree(home / folder, ignore_errors=True)
    for name in manifest.files:
        if name.startswith(HISTORY):
            backup.copy(name, home / name.removeprefix(HISTORY))


def _restore_vectors(studio: Studio, done: Restored) -> None:
    """Publish what the artifacts have into a fresh index of the kind that answered."""
    before = studio.index.collections.start_over()
    kind = before or studio.index.kind
    published = set(studio.passages.episodes())
    if not published:
        return
    engines = {
        key: made["embeddings"].engine for key, made in studio.artifact_index.of().items() if "embeddings" in made
    }
    embedded = tuple(sorted(key for key in published if engines.get(key) == kind.engine))
    done.other_vectors = len(published) - len(embedded)
    failed = rebuild(studio, Plan(kind=kind, live=None, embedded=embedded, lacking=()))
    done.unreadable += failed.values()
