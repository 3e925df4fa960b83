"""What is read from an open page, through all its frames and open shadow roots."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ragtime_assets.adapters.browser.found import FoundAudio, has_audio_ending, is_manifest, may_be_audio_file

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page

LONGEST_TEXT = 30_000
_FRAME_SECONDS = 2

_EVERYWHERE = """
const everywhere = (selector) => {
  const found = [], roots = [document];
  while (roots.length) {
    const root = roots.shift();
    found.push(...root.querySelectorAll(selector));
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
  }
  return found;
};
"""
_MEDIA = f"""() => {{ {_EVERYWHERE}
  const media = everywhere('audio, video').flatMap((one) => [
    {{url: one.currentSrc || one.src, duration: Number.isNaN(one.duration) ? null : one.duration}},
    ...[...one.querySelectorAll('source')].map((source) => ({{url: source.src, duration: null}})),
  ]);
  const links = everywhere('a[href]').map(
    (one) => ({{url: one.href, name: one.download, offered: one.hasAttribute('download')}})
  );
  return {{media, links}};
}}"""
_TEXT = f"""() => {{ {_EVERYWHERE}
  const shown = (root) => [...root.children].map((one) => one.innerText ?? '').join('\\n');
  const shadows = everywhere('*').filter((one) => one.shadowRoot).map((one) => shown(one.shadowRoot));
  return {{
    title: document.title,
    headings: everywhere('h1, h2, h3').map((one) => one.innerText.trim()).filter(Boolean),
    text: [document.body?.innerText ?? '', ...shadows].join('\\n').trim(),
  }};
}}"""


async def media_of(page: Page) -> list[FoundAudio]:
    """The audio that elements and links name, wherever in the page they are."""
    found: list[FoundAudio] = []
    for frame in page.frames:
        read = await in_frame(frame, _MEDIA) or {"media": [], "links": []}
        found += (
            FoundAudio(one["url"], "element", duration=one["duration"])
            for one in read["media"]
            if one["url"].startswith(("http://", "https://")) and not is_manifest(one["url"])
        )
        found += _links(read["links"])
    return found


async def text_of(page: Page) -> str:
    """Title, headings and visible text, cut at 30,000 characters."""
    parts: list[str] = []
    for frame in page.frames:
        read = await in_frame(frame, _TEXT)
        if read and (read["text"] or read["title"]):
            heads = [f"# {read['title']}", *(f"## {heading}" for heading in read["headings"])]
            parts.append("\n".join([*heads, "", read["text"]]))
    return "\n\n".join(parts)[:LONGEST_TEXT]


async def language_of(page: Page) -> str | None:
    """The language that the page says it is in."""
    return await in_frame(page.main_frame, "() => document.documentElement.lang") or None


async def in_frame(frame: Frame, script: str) -> Any:
    """What `script` comes to in `frame`; None when the frame is gone, or busy."""
    from playwright.async_api import Error

    with contextlib.suppress(Error, TimeoutError):
        return await asyncio.wait_for(frame.evaluate(script), _FRAME_SECONDS)
    return None


def _links(links: list[dict[str, Any]]) -> Iterator[FoundAudio]:
    for link in links:
        url, offered = link["url"], link["offered"] and may_be_audio_file(link["url"], link["name"])
        if urlsplit(url).scheme in ("http", "https") and (offered or has_audio_ending(url)):
            yield FoundAudio(url, "link")
