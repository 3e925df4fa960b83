"""Chapters and persons in the forms of Podcasting 2.0."""

from __future__ import annotations

from typing import Any

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.text.lines import one_line


def chapters(contents: Contents) -> dict[str, Any]:
    """The chapters file, version 1.2.0, in order of time."""
    found = [
        {
            "startTime": round(one.start, 3),
            **({"endTime": round(one.end, 3)} if one.end is not None else {}),
            "title": one_line(one.title),
            **({"url": one.url} if one.url else {}),
            **({"img": one.image} if one.image else {}),
        }
        for one in sorted(contents.chapters, key=lambda chapter: chapter.start)
    ]
    details = contents.details
    named = {"title": one_line(details.title), "podcastName": one_line(details.show)}
    return {"version": "1.2.0", **{name: value for name, value in named.items() if value}, "chapters": found}


def persons(details: EpisodeDetails) -> list[dict[str, str]]:
    """Those whom the publisher credits, with the attributes of podcast:person."""
    return [
        {
            "name": one_line(one.name),
            "role": one_line(one.role),
            "group": one_line(one.group),
            **({"href": one.href} if one.href else {}),
            **({"img": one.img} if one.img else {}),
        }
        for one in details.persons
    ]
