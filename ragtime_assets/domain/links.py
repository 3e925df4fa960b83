"""Where the reader's face shows what: the addresses that reports, run pages and other programs link to."""

from __future__ import annotations


def episode_url(base: str, key: str, second: float | None = None) -> str:
    """The page of an episode, at a second of its audio."""
    return f"{base}/episodes/{key}" + ("" if second is None else f"#t={int(second)}")


def report_url(base: str, key: str) -> str:
    """What happened to an episode, as a page."""
    return f"{base}/episodes/{key}/report"


def artifact_url(base: str, asset: str, key: str, suffix: str | None = None) -> str:
    """An artifact as JSON; with a suffix, what lies beside it."""
    return f"{base}/artifacts/{asset}/{key}" + (f".{suffix}" if suffix else "")


def blob_url(base: str, sha256: str) -> str:
    """The audio with this digest."""
    return f"{base}/blobs/{sha256}"
