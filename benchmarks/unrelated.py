"""The mean vectors of unrelated questions, with the embedder that comes along: reckoned, and written with --write."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ragtime_assets.corpus.baselines import mean_of
from ragtime_assets.domain.searching.unrelated import DATA, digest, languages, reckoned
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio


def main() -> None:
    """Say which are the same as those that come along, and write all."""
    with TemporaryDirectory() as home:
        rows = list(_rows(Studio(OwnSettings(home=Path(home)))))
    if "--write" in sys.argv:
        DATA.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def _rows(studio: Studio) -> Iterator[str]:
    embedder = studio.index.embedder
    for language in languages():
        mean = mean_of(embedder, language).tobytes()
        print(language, "the same" if mean == reckoned(embedder.engine, language) else "another")
        yield "\t".join((embedder.engine, language, digest(language), base64.b64encode(mean).decode()))


if __name__ == "__main__":
    main()
