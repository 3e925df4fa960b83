"""The code version of each asset: raised by hand when its phase changes, and by itself when a prompt does.

Apart from the assets, so that `ragtime stale` knows them without Dagster.
"""

from __future__ import annotations

from collections.abc import Mapping

from ragtime_assets.agents.desk.spec import prompt_version
from ragtime_assets.agents.downloader import DOWNLOADER
from ragtime_assets.agents.entities import ENTITIES
from ragtime_assets.agents.investigator import INVESTIGATOR
from ragtime_assets.agents.linker import LINKER
from ragtime_assets.agents.summary import NOTES, SUMMARY

CODE_VERSIONS: Mapping[str, str] = {
    "episode_details": prompt_version("4", INVESTIGATOR),
    "audio_file": prompt_version("4", DOWNLOADER),
    "transcript": "7",
    "summary": prompt_version("3", NOTES, SUMMARY),
    "chunks": "2",
    "entities": prompt_version("4", ENTITIES),
    "entity_links": prompt_version("3", LINKER),
    "embeddings": "1",
    "search_index": "2",
    "episode_report": "3",
}
"""A phase's own number, and behind a plus what its models are told."""
