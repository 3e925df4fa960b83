"""A backup of the corpus while it is at work: tables, artifacts, blobs, and Dagster's history where it is ours.

What is copied first may be older than what is copied later, never the other way round: a sensor that has read further
than the requests go would never read the next ones. So Dagster's history comes first, then the tables, at one moment,
then artifacts as they are by then, then the blobs that these name. `ragtime restore` brings the tables to what the
artifacts say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from ragtime_assets import __version__
from ragtime_assets.adapters.storage.backup_files import BackupWriter
from ragtime_assets.corpus import snapshots
from ragtime_assets.domain.backup import HISTORY, STORE, Manifest
from ragtime_assets.domain.figures import plural
from ragtime_assets.errors import ArtifactCorrupt
from ragtime_assets.settings import Settings, child_environment
from ragtime_assets.studio.blobs import is_of_audio, key_of, named_in, names_blobs
from ragtime_assets.studio.kept import Kept

Tell = Callable[[str], object]
_CONFIGURATION = ("dagster.yaml", "dagster.yaml.laid")


def back_up(kept: Kept, target: Path, *, audio: bool, tell: Tell) -> tuple[Manifest, list[ArtifactCorrupt]]:
    """Write a backup; what it says of itself, and the blobs that could not be taken into it."""
    with BackupWriter(target) as backup, kept.store.workspace() as folder:
        apart = history_apart(kept.settings)
        if apart is None:
            tell("Dagster's history")
            for path in _history_of(kept.settings, folder):
                backup.add(f"{HISTORY}{path.relative_to(folder)}", path)
                path.unlink()
        tell("tables")
        snapshot = snapshots.take(kept.database, folder, child_environment(kept.settings))
        backup.add(snapshot.path.name, snapshot.path)
        snapshot.path.unlink()
        tell(f"artifacts of {plural(len(snapshot.keys), 'episode')}")
        blobs = _add_artifacts(kept, backup, snapshot.keys, audio=audio)
        tell(plural(len(blobs), "blob"))
        lost = list(_add_blobs(kept, backup, blobs))
        manifest = Manifest(
            corpus=snapshot.corpus,
            made_at=datetime.now(UTC),
            version=__version__,
            schema_version=snapshot.version,
            database=snapshot.kind,
            tables=snapshot.path.name,
            client=snapshot.client,
            has_audio=audio,
            history=apart,
            episodes=len(snapshot.keys),
            files=backup.files,
        )
        backup.finish(manifest)
    return manifest, lost


def history_apart(settings: Settings) -> str | None:
    """Why Dagster's history is no part of this corpus, but whoever runs Dagster keeps it; None where it is ours."""
    import yaml

    if settings.instance_folder != settings.root / "dagster":
        return f"it is in {settings.instance_folder}, which may be others' too"
    config = settings.instance_folder / "dagster.yaml"
    told = (yaml.safe_load(config.read_text()) or {}) if config.exists() else {}
    return "it is in the database that storage in dagster.yaml names" if told.get("storage") else None


def _history_of(settings: Settings, folder: Path) -> Iterator[Path]:
    """A copy of each of Dagster's files; its sensors' cursors first, so that they never are ahead of the requests."""
    home = settings.instance_folder
    files = [
        *sorted(home.glob("schedules/**/*.db")),
        *sorted(home.glob("history/**/*.db"), key=lambda one: len(one.parts)),
    ]
    for source in [home / name for name in _CONFIGURATION if (home / name).exists()]:
        target = folder / source.name
        target.write_bytes(source.read_bytes())
        yield target
    for source in files:
        if source.exists():  # runs that are pruned meanwhile
            target = folder / source.relative_to(home)
            snapshots.copy_sqlite(source, target)
            yield target


def _add_artifacts(kept: Kept, backup: BackupWriter, keys: frozenset[str], *, audio: bool) -> frozenset[str]:
    """The blobs that the artifacts name which are put into the backup, and what lies beside them."""
    named = set[str]()
    for file in kept.store.files():
        content = kept.store.read_file(file) if key_of(file) in keys else None
        if content is None:
            continue
        backup.add_bytes(STORE + file, content)
        if names_blobs(file) and (audio or not is_of_audio(file)):
            named |= named_in(content)
    return frozenset(one.digest for one in kept.store.blobs() if one.digest in named)


def _add_blobs(kept: Kept, backup: BackupWriter, blobs: frozenset[str]) -> Iterator[ArtifactCorrupt]:
    """Put them in; one that is torn would not be taken back, so it is told."""
    for digest in sorted(blobs):
        try:
            with kept.store.local_copy(digest) as path:
                backup.add(f"{STORE}blobs/{digest}", path)
        except ArtifactCorrupt as error:
            yield error
