"""`ragtime entities`: what the registry has, and requests for work on it; corrections are in `correcting.py`."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli import correcting
from ragtime_assets.cli.output import AsJson, console, hang, say_json
from ragtime_assets.domain.figures import clock, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragtime_assets.corpus.registry.entities import Listed, Shown
    from ragtime_assets.corpus.registry.finding import Moment
    from ragtime_assets.domain.linking.evaluation import Score
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.evaluating import Evaluation

entities = typer.Typer(help="The registry of people, bands, records and places.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (find, show, evaluate, enrich):
        entities.command()(command)
    correcting.register(entities)
    app.add_typer(entities, name="entities")


def find(
    name: Annotated[str, typer.Argument(help="A name, a part of one, or the start of an id.", show_default=False)],
    kind: Annotated[str | None, typer.Option("--type", help="Only entities of this type.")] = None,
    as_json: AsJson = False,
) -> None:
    """Who and what is called so, or nearly so, with ids."""
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.narrowing import entity_type_of

    studio = Studio()
    found = studio.entities.find(name, entity_type_of(studio, kind) if kind else None)
    if as_json:
        say_json({"query": name, "entities": [_document(one) for one in found]})
        return
    if not found:
        console().print("Nobody and nothing is called so.")
    for one in found:
        _say_found(one)


def show(
    entity: correcting.Entity,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many moments.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Everything known of an entity: its names and links, and every moment at which it is named."""
    from ragtime_assets.studio import Studio

    studio = Studio()
    found = studio.entities.show(entity, limit)
    sentences = _sentences(studio, found.moments)
    if as_json:
        say_json(_shown_document(studio, found, sentences))
        return
    _say_shown(found)
    for key, some in groupby(found.moments, key=lambda moment: moment.key):
        console().print(f"\n{studio.names.title(key) or key}", style="bold", markup=False)
        for moment in some:
            told = sentences.get(moment) or moment.surface
            hang(f"  {clock(moment.start):>8}  {told}", 12, markup=False)


def evaluate(
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many episodes of this corpus.")] = 200,
    as_json: AsJson = False,
) -> None:
    """How well names are linked: on the corrections of this corpus, and on examples that come with the package."""
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.evaluating import on_corrections, on_examples

    studio = Studio()
    own = on_corrections(studio, limit)
    found = {
        "corrections": own,
        "examples": on_examples(studio),
        "examples in lower case": on_examples(studio, lower=True),
    }
    if as_json:
        documents = {name.replace(" ", "_"): _evaluated(one) for name, one in found.items()}
        say_json(documents | {"changed": [one._asdict() for one in own.changed]})
        return
    for name, one in found.items():
        console().print(name, style="bold")
        for told, score in (("all", one.all), ("people of one name", one.ambiguous_persons)):
            console().print(f"  {told:<19}{_score(score)}")
    _say_changed(own)


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


def waiting_document(studio: Studio) -> dict[str, Any]:
    """What waits beside the episodes, as programs read it: requests for QIDs that nobody answered yet, and entities."""
    requests = studio.enrichment.requests()
    return {
        "requests": [{"id": one.id, "by": one.by, "asked_at": one.at.isoformat()} for one in requests],
        "entities_waiting": studio.enrichment.counts(studio.knowledge.item_types).get("pending", 0),
        "not_asked": studio.knowledge.wikidata_is_off,
    }


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


def _say_found(one: Listed) -> None:
    entity = one.entity
    known = "  ".join(filter(None, (entity.disambiguation, _years(entity.begin, entity.end), entity.qid)))
    hang(f"{entity.name}, {entity.type}, {plural(one.episodes, 'episode')}", markup=False)
    hang(f"  {entity.entity_id}  {known}", 4, markup=False, style="dim")


def _say_shown(found: Shown) -> None:
    entity = found.entity
    hang(f"{entity.name}, {entity.type}", markup=False, style="bold")
    links = {
        "id": entity.entity_id,
        "is": entity.disambiguation,
        "lived": _years(entity.begin, entity.end),
        "MusicBrainz": entity.mbid,
        "Wikidata": entity.qid,
        "also called": ", ".join(entity.aliases),
        "related": ", ".join(entity.related),
        "stands for": found.merged_into and f"{found.merged_into}, since it was merged",
        "merged into it": ", ".join(f"{one.name} {one.entity_id}" for one in found.merged),
        "people said": "; ".join(
            f"{row.name!r} means it {f'in {row.key}' if row.key else 'everywhere'} ({row.said_by})"
            for row in found.corrections
        ),
        "named in": plural(found.episodes, "episode"),
    }
    for told, value in links.items():
        if value:
            hang(f"  {told:<15}{value}", 17, markup=False)


def _score(score: Score) -> str:
    if not score.names:
        return "no example"
    precision = f"{score.precision:.3f} ({score.right} of {score.linked})" if score.linked else "nothing linked"
    coverage = f"{score.coverage:.3f} ({score.covered} of {score.there})" if score.there else "-"
    return f"precision {precision}, coverage {coverage}"


def _say_changed(found: Evaluation) -> None:
    console().print(f"{plural(len(found.changed), 'name')} decided otherwise than by the rules of before")
    for one in found.changed:
        hang(f"  {one.name} in {one.key}: {one.now} (before: {one.before})", 4, markup=False)


def _evaluated(found: Evaluation) -> dict[str, Any]:
    told = {"all": found.all, "ambiguous_persons": found.ambiguous_persons}
    return {
        name: {
            "names": score.names,
            "linked": score.linked,
            "right": score.right,
            "precision": score.precision if score.linked else None,
            "coverage": score.coverage if score.there else None,
        }
        for name, score in told.items()
    }


def _years(begin: int | None, end: int | None) -> str:
    return f"{begin or ''}-{end or ''}" if begin or end else ""


def _document(one: Listed) -> dict[str, Any]:
    return {**one.entity.model_dump(mode="json", exclude={"score"}), "episodes": one.episodes}


def _shown_document(studio: Studio, found: Shown, sentences: Mapping[Moment, str]) -> dict[str, Any]:
    return {
        **found.entity.model_dump(mode="json", exclude={"score"}),
        "merged_into": found.merged_into,
        "episodes": found.episodes,
        "names": [{"name": row.name, "kind": row.kind, "source": row.source} for row in found.names],
        "merged": [{"entity_id": one.entity_id, "name": one.name} for one in found.merged],
        "corrections": [
            {"name": row.name, "type": row.type, "episode_key": row.key, "by": row.said_by, "at": row.said_at}
            for row in found.corrections
        ],
        "decisions": [one._asdict() for one in found.sayings],
        "moments": [
            {
                "episode_key": one.key,
                "episode_title": studio.names.title(one.key),
                "start": one.start,
                "surface": one.surface,
                "sentence": sentences.get(one),
            }
            for one in found.moments
        ],
    }


def _sentences(studio: Studio, moments: Sequence[Moment]) -> dict[Moment, str]:
    """What is said at each moment, as the artifact `entities` of its episode has it."""
    from ragtime_assets.adapters.storage.artifact_store import opened
    from ragtime_assets.domain.artifacts.entities import Entities

    found: dict[Moment, str] = {}
    for key, some in groupby(moments, key=lambda moment: moment.key):
        envelope = studio.store.envelope(Entities.asset, key)
        mentions = opened(Entities, envelope).mentions if envelope else ()
        contexts = {(one.chunk, one.start, one.name, one.surface): one.context for one in mentions}
        for moment in some:
            told = contexts.get((moment.chunk, moment.start, moment.name, moment.surface))
            if told:
                found[moment] = told
    return found
