"""The settings in sections, as `ragtime configure` asks for them and `.env.example` shows them."""

from __future__ import annotations

from dataclasses import dataclass

from ragtime_assets.settings import Settings


@dataclass(frozen=True)
class Section:
    """Settings that belong together, from one on to where the next section begins."""

    name: str
    title: str
    first: str


SECTIONS = (
    Section("places", "Where things are kept", "home"),
    Section("machines", "Where runs and their steps go", "executor"),
    Section("engines", "Engines", "transcriber"),
    Section("web", "The web, and limits on what is taken from it", "contact"),
    Section("indexes", "Podcast indexes: asked when neither page nor feed leads to the audio", "podcast_indexes"),
    Section(
        "knowledge",
        "Who and what is named: MusicBrainz and Wikidata, asked only with RAGTIME_CONTACT",
        "musicbrainz_url",
    ),
    Section("models", "Models", "model"),
    Section("spending", "What may be spent, and who says yes", "prices"),
    Section("watching", "Who watches", "notify"),
    Section("doors", "Who may ask from elsewhere", "serve_url"),
)


def settings_of(section: Section) -> tuple[str, ...]:
    """The settings of a section, in their order."""
    names = list(Settings.model_fields)
    begins = [names.index(one.first) for one in SECTIONS] + [len(names)]
    at = SECTIONS.index(section)
    return tuple(names[begins[at] : begins[at + 1]])
