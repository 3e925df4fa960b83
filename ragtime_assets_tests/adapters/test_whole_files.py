"""Files that a person named are replaced whole, or stay as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragtime_assets.adapters.storage.disk import write_whole
from ragtime_assets_tests.disks import no_file_above


def test_a_file_that_does_not_fit_on_the_disk_leaves_the_one_before(tmp_path: Path) -> None:
    kept = tmp_path / "answer.json"
    write_whole(kept, "before")
    with no_file_above(500), pytest.raises(OSError, match="large"):
        write_whole(kept, "x" * 2_000)
    assert kept.read_text() == "before"
    assert list(tmp_path.iterdir()) == [kept]


def test_a_file_keeps_who_may_read_it_and_a_link_keeps_leading_to_it(tmp_path: Path) -> None:
    kept, link = tmp_path / "answer.json", tmp_path / "link"
    kept.write_text("before")
    kept.chmod(0o600)
    link.symlink_to(kept)
    write_whole(link, "now")
    assert (link.is_symlink(), kept.read_text(), kept.stat().st_mode & 0o777) == (True, "now", 0o600)
