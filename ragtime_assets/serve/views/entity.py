"""An entity: its names, where else it is described, and every moment at which it is named; and lists of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from ragtime_assets.corpus.catalogue import ListedEpisode
from ragtime_assets.corpus.registry.browsing import Companion, InList
from ragtime_assets.corpus.registry.entities import Listed, Shown
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.serve.page import View, stretch_of

_MOST_MOMENTS = 12
_EPISODES = 24
_MOST_NAMES = 40


class NamedIn(View):
    """An episode in which it is named, and when; `times` is how often, also where not every moment is listed."""

    key: str
    title: str
    show: str | None
    published: str | None
    times: int
    moments: tuple[float, ...]


class Year(View):
    """In how many episodes of a year it is named."""

    year: str
    episodes: int


class Companions(View):
    """Somebody or something that is named with it."""

    id: str
    name: str
    type: str
    episodes: int


class EntityView(View):
    """All that is shown of an entity."""

    id: str
    name: str
    type: str
    disambiguation: str | None
    begin: int | None
    end: int | None
    names: tuple[str, ...]
    mbid: str | None
    musicbrainz: str | None
    qid: str | None
    wikidata: str | None
    episodes: int
    years: tuple[Year, ...]
    named_in: tuple[NamedIn, ...]
    next_page: int | None
    """Where more episodes are told."""
    with_it: tuple[Companions, ...]


class EntityLine(View):
    """An entity in a list."""

    id: str
    name: str
    type: str
    disambiguation: str | None
    episodes: int | None


class EntitiesView(View):
    """Entities by name, or those that were looked for."""

    query: str
    type: str | None
    initial: str | None
    total: int
    types: tuple[str, ...]
    initials: tuple[str, ...]
    entities: tuple[EntityLine, ...]
    next_page: int | None


def entity_view(
    shown: Shown,
    episodes: Mapping[str, ListedEpisode],
    company: Sequence[Companion],
    musicbrainz: Mapping[str, str],
    page: int = 1,
) -> EntityView:
    """The entity; `musicbrainz` tells by type what MusicBrainz calls it in addresses."""
    entity = shown.entity
    kind = musicbrainz.get(entity.type)
    named_in = _named_in(shown, episodes)
    years = Counter(one.published[:4] for one in named_in if one.published)
    told, following = stretch_of(named_in, page, _EPISODES)
    return EntityView(
        id=entity.entity_id or "",
        name=one_line(entity.name),
        type=entity.type,
        disambiguation=one_line(entity.disambiguation) or None,
        begin=entity.begin,
        end=entity.end,
        names=tuple(one_line(name) for name in entity.aliases[:_MOST_NAMES]),
        mbid=entity.mbid,
        musicbrainz=f"https://musicbrainz.org/{kind}/{entity.mbid}" if kind and entity.mbid else None,
        qid=entity.qid,
        wikidata=f"https://www.wikidata.org/wiki/{entity.qid}" if entity.qid else None,
        episodes=shown.episodes,
        years=tuple(Year(year=year, episodes=count) for year, count in sorted(years.items())),
        named_in=tuple(told),
        next_page=following,
        with_it=tuple(
            Companions(id=one.entity_id, name=one_line(one.name), type=one.type, episodes=one.episodes)
            for one in company
        ),
    )


def found_view(query: str, kind: str | None, found: Sequence[Listed], types: Sequence[str]) -> EntitiesView:
    """Those who are called so, or nearly so."""
    return EntitiesView(
        query=query,
        type=kind,
        initial=None,
        total=len(found),
        types=tuple(types),
        initials=(),
        entities=tuple(
            EntityLine(
                id=one.entity.entity_id or "",
                name=one_line(one.entity.name),
                type=one.entity.type,
                disambiguation=one_line(one.entity.disambiguation) or None,
                episodes=one.episodes,
            )
            for one in found
        ),
        next_page=None,
    )


def listed_view(
    found: Sequence[InList],
    total: int,
    page: int,
    *,
    kind: str | None,
    initial: str | None,
    types: Sequence[str],
    initials: Sequence[str],
    per_page: int,
) -> EntitiesView:
    """A page of the list from A to Z."""
    return EntitiesView(
        query="",
        type=kind,
        initial=initial,
        total=total,
        types=tuple(types),
        initials=tuple(initials),
        entities=tuple(
            EntityLine(
                id=one.entity_id,
                name=one_line(one.name),
                type=one.type,
                disambiguation=one_line(one.disambiguation) or None,
                episodes=None,
            )
            for one in found
        ),
        next_page=page + 1 if page * per_page < total else None,
    )


def _named_in(shown: Shown, episodes: Mapping[str, ListedEpisode]) -> tuple[NamedIn, ...]:
    """The newest first; episodes that a search does not find any more are left out."""
    seconds: defaultdict[str, dict[float, None]] = defaultdict(dict)  # passages overlap: a moment may be named twice
    for moment in shown.moments:
        seconds[moment.key][moment.start] = None
    found = [
        NamedIn(
            key=key,
            title=one_line(episodes[key].title) or key,
            show=one_line(episodes[key].show) or None,
            published=episodes[key].published,
            times=len(moments),
            moments=tuple(moments)[:_MOST_MOMENTS],
        )
        for key, moments in seconds.items()
        if key in episodes
    ]
    return tuple(sorted(found, key=lambda one: (one.published or "", one.key), reverse=True))
