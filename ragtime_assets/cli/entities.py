"""`ragtime entities`: asks for work on the registry; what is asked for, wikidata_links does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import AsJson, say_json
from ragtime_assets.domain.figures import plural

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio

entities = typer.Typer(help="The registry of people, bands, records and places.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    entities.command()(enrich)
    app.add_typer(entities, name="entities")


def enrich(
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Look again for those that were looked for in vain.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many entities.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask for the QIDs of entities that have none; a schedule starts the run, within a minute."""
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    studio = Studio()
    number = studio.enrichment.ask(user_name(), retry_failed=retry_failed, most=limit)
    counts = studio.enrichment.counts(studio.knowledge.item_types)
    if as_json:
        say_json({"request": number, "entities": counts, "off": studio.knowledge.wikidata_is_off})
        return
    typer.echo(_asked(counts, retry_failed=retry_failed, limit=limit))
    if off := studio.knowledge.wikidata_is_off:
        typer.echo(f"Wikidata is not asked: {off}. The request waits.")
    typer.echo("ragtime status tells whether anybody is at it.")


def waiting_line(studio: Studio) -> str | None:
    """What is said of requests for QIDs that nobody answered yet; None when there is none."""
    requests = studio.enrichment.requests()
    if not requests:
        return None
    waits = studio.enrichment.counts(studio.knowledge.item_types).get("pending", 0)
    since = requests[0].at.astimezone()
    told = f"QIDs were asked for at {since:%Y-%m-%d %H:%M}: {plural(waits, 'entity waits', 'entities wait')}."
    off = studio.knowledge.wikidata_is_off
    return f"{told} Wikidata is not asked: {off}." if off else told


def _asked(counts: dict[Any, int], *, retry_failed: bool, limit: int | None) -> str:
    again = sum(counts.get(status, 0) for status in ("not_found", "failed")) if retry_failed else 0
    wanted = counts.get("pending", 0) + again
    most = f", at most {limit:,} of them in this run" if limit is not None and limit < wanted else ""
    return f"Asked for: {plural(wanted, 'entity', 'entities')} without a QID{most}."
