"""What MusicBrainz keeps of each kind of thing, the same for its web service and its database.

Names of tables are also those of the web service, with hyphens for underscores.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_FOUND = 10
MOST_RELATED = 200


@dataclass(frozen=True)
class Table:
    """One table of things that have names."""

    name: str
    types: str | None = None
    """The table of its types."""
    has_span: bool = False
    has_area: bool = False
    has_credit: bool = False
    """Whether artists are credited for it."""
    has_redirects: bool = True
    fields: tuple[str, ...] = ()
    """The fields of the search index that hold its names; none where the web service does not search it."""
    related: tuple[str, ...] = ()
    """Whose names say more about it: members, bands, labels, places."""

    @property
    def entity(self) -> str:
        """Its name in the web service."""
        return self.name.replace("_", "-")


TABLES = {
    table.name: table
    for table in (
        Table(
            *("artist", "artist_type"),
            has_span=True,
            has_area=True,
            fields=("artist", "sortname", "alias"),
            related=("artist", "label", "place"),
        ),
        Table(
            *("release_group", "release_group_primary_type"),
            has_credit=True,
            fields=("releasegroup", "alias"),
            related=("artist",),
        ),
        Table("work", "work_type", fields=("work", "alias"), related=("artist",)),
        Table(
            *("label", "label_type"),
            has_span=True,
            has_area=True,
            fields=("label", "sortname", "alias"),
            related=("artist", "label"),
        ),
        Table(
            *("place", "place_type"),
            has_span=True,
            has_area=True,
            fields=("place", "alias"),
            related=("artist", "place"),
        ),
        Table("area", "area_type", has_span=True, fields=("area", "sortname", "alias"), related=("area",)),
        Table("event", "event_type", has_span=True, fields=("event", "alias"), related=("artist", "place")),
        Table("series", "series_type", fields=("series", "alias"), related=("event", "place")),
        Table("instrument", "instrument_type", fields=("instrument", "alias"), related=()),
        Table("genre", has_redirects=False),
    )
}


@dataclass(frozen=True)
class LinkTable:
    """A table of relations, and in which of its two columns the one and the other stand."""

    name: str
    own: str
    other: str


def link_tables(one: str, other: str) -> tuple[LinkTable, ...]:
    """The table that relates two: its name and columns are in alphabetical order, so a URL stands before a work.

    Things of one kind stand in either column.
    """
    first, second = sorted((one, other))
    name = f"l_{first}_{second}"
    forward, backward = LinkTable(name, "entity0", "entity1"), LinkTable(name, "entity1", "entity0")
    if first == second:
        return (forward, backward)
    return (forward,) if one == first else (backward,)
