"""What queries are told apart from, with the embedder that comes along: reckoned, and written with --write."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ragtime_assets.corpus.baselines import mean_of, rows_of
from ragtime_assets.domain.searching.unrelated import DATA, EVERYDAY, digest, everyday, languages, reckoned, unrelated
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
    means = [(language, unrelated(language), mean_of) for language in languages()]
    for name, questions, of in (*means, (EVERYDAY, everyday(), rows_of)):
        known = of(embedder, questions).tobytes()
        print(name, "the same" if known == reckoned(embedder.engine, name, questions) else "another")
        yield "\t".join((embedder.engine, name, digest(questions), base64.b64encode(known).decode()))


if __name__ == "__main__":
    main()
