"""Feeds of named items, as a poll finds them."""

from __future__ import annotations

XMLNS = (
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:podcast='https://podcastindex.org/namespace/1.0'"
)
AUDIO = "<enclosure url='https://cdn.example/{}.mp3' type='audio/mpeg' length='1'/>"


def rss(*items: str, channel: str = "") -> str:
    return f"<rss version='2.0' {XMLNS}><channel><title>Jazz Hour</title>{channel}{''.join(items)}</channel></rss>"


def item(name: str, date: str = "Sat, 21 Nov 2026 10:00:00 +0000", *, guid: bool = True, audio: bool = True) -> str:
    guid_tag = f"<guid>{name}</guid>" if guid else ""
    return f"<item><title>{name}</title>{guid_tag}<pubDate>{date}</pubDate>{AUDIO.format(name) if audio else ''}</item>"
