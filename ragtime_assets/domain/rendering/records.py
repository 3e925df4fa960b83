"""Episodes and passages as records: a line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.rendering.named import named_entities, names_by_chunk
from ragtime_assets.domain.rendering.podcasting import chapters, persons
from ragtime_assets.domain.text.links import moment_url


def passage_lines(contents: Contents) -> str:
    """A line for every passage, in order of time; none before the transcript was cut into passages."""
    return "".join(map(_line, _passages(contents)))


def episode_line(contents: Contents) -> str:
    """The line of the episode: what is known of it, without its transcript."""
    return _line(episode_record(contents))


def episode_record(contents: Contents) -> dict[str, Any]:
    """What is known of an episode."""
    details, summary = contents.details, contents.summary
    return {
        "episode_key": contents.key,
        "title": details.title,
        "show": details.show,
        "published": details.published.isoformat() if details.published else None,
        "url": details.page_url,
        "feed_url": details.feed_url,
        "guid": details.guid,
        "audio_url": contents.audio.url if contents.audio else None,
        "audio_sha256": contents.audio.sha256 if contents.audio else None,
        "duration": contents.transcript.duration,
        "language": contents.transcript.language,
        "engine": contents.transcript.engine,
        "speakers": sorted({one.speaker for one in contents.transcript.segments if one.speaker}),
        "persons": persons(details),
        "chapters": chapters(contents)["chapters"],
        "summary": {"line": summary.line, "text": summary.text} if summary else None,
        "entities": [
            {
                "name": one.name,
                "type": one.type,
                "entity_id": one.entity_id,
                "mbid": one.mbid,
                "qid": one.qid,
                "mentions": len(one.moments),
                "moments": sorted(one.moments),
            }
            for one in named_entities(contents)
        ],
    }


def _passages(contents: Contents) -> Iterator[dict[str, Any]]:
    names, details = names_by_chunk(contents), contents.details
    for one in contents.chunks.chunks if contents.chunks else ():
        yield {
            "episode_key": contents.key,
            "index": one.index,
            "digest": one.digest,
            "title": details.title,
            "show": details.show,
            "published": contents.published,
            "language": contents.transcript.language,
            "start": one.start,
            "end": one.end,
            "speakers": list(one.speakers),
            "chapter": one.chapter,
            "entities": list(names.get(one.index, ())),
            "url": moment_url(details.page_url, one.start),
            "text": one.text,
        }


def _line(record: dict[str, Any]) -> str:
    """U+2028 and U+2029 end no line in JSON, but they do for many who read lines."""
    written = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return written.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085") + "\n"
