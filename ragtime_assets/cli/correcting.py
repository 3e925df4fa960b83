"""`ragtime entities merge` and the like: a correction is told and priced, written down, and asked for where it counts.

Nothing is linked here: the requests that are written start runs of exactly the episodes that are touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.output import KEY_HELP, AsJson
from ragtime_assets.cli.rerunning import Yes, agreed, price_of, say_done
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.errors import InvalidCorrection

if TYPE_CHECKING:
    from ragtime_assets.corpus.registry.people import Changed, People

ENTITY_HELP = "An entity: its id, the start of it, or a name that only one has."
Entity = Annotated[str, typer.Argument(metavar="ENTITY", help=ENTITY_HELP, show_default=False)]
Other = Annotated[str, typer.Argument(metavar="INTO", help=ENTITY_HELP, show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A name, as it is said.", show_default=False)]
Episode = Annotated[str | None, typer.Option("--episode", metavar="KEY", help=f"{KEY_HELP} Else in all.")]
Kind = Annotated[str | None, typer.Option("--type", help="Only where the name is said to be of this type.")]
Replace = Annotated[bool, typer.Option("--replace", help="In place of what was said of it before.")]
Withdraw = Annotated[bool, typer.Option("--withdraw", help="Take back what was said of it: the rules decide again.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (merge, unmerge, split, alias, link, unlink):
        app.command()(command)
    app.command("type")(retype)


def merge(entity: Entity, into: Other, yes: Yes = False, as_json: AsJson = False) -> None:
    """Two are one: from now on the first stands for the second. `unmerge` brings it back."""
    _correct(lambda people: people.merge(entity, into), yes=yes, as_json=as_json)


def unmerge(entity: Entity, yes: Yes = False, as_json: AsJson = False) -> None:
    """Bring back an entity that was merged into another."""
    _correct(lambda people: people.unmerge(entity), yes=yes, as_json=as_json)


def split(
    entity: Entity,
    name: Annotated[str, typer.Option("--name", help="How the other is called; an alias goes with it.")],
    episode: Annotated[list[str] | None, typer.Option("--episode", metavar="KEY", help=KEY_HELP)] = None,
    told_apart: Annotated[str, typer.Option("--is", help="What tells it apart, such as saxophonist.")] = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """One is two: who is called NAME in these episodes is another. `merge` undoes it."""
    keys = _keys(episode or ())
    _correct(lambda people: people.split(entity, name, told_apart, keys), yes=yes, as_json=as_json)


def alias(
    entity: Entity,
    add: Annotated[str | None, typer.Option("--add", metavar="NAME", help="It is also called so.")] = None,
    remove: Annotated[str | None, typer.Option("--remove", metavar="NAME", help="It is not called so.")] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Give an entity another name, or take one away."""
    if add is not None and remove is None:
        _correct(lambda people: people.add_alias(entity, add), yes=yes, as_json=as_json)
    elif remove is not None and add is None:
        _correct(lambda people: people.remove_alias(entity, remove), yes=yes, as_json=as_json)
    else:
        raise InvalidCorrection("alias wants one name", remedy="Say --add NAME or --remove NAME.")


def link(
    name: Name,
    entity: Entity,
    episode: Episode = None,
    kind: Kind = None,
    replace: Replace = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """A name means this entity, in one episode or in all; that wins over every rule and every re-run."""
    key = _key(episode)
    _correct(lambda people: people.link(name, entity, key, kind, replace=replace), yes=yes, as_json=as_json)


def unlink(
    name: Name,
    episode: Episode = None,
    kind: Kind = None,
    replace: Replace = False,
    withdraw: Withdraw = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """A name means no entity, in one episode or in all; with --withdraw, what people said of it no longer counts."""
    key = _key(episode)

    def change(people: People) -> Changed:
        return people.withdraw(name, key) if withdraw else people.unlink(name, key, kind, replace=replace)

    _correct(change, yes=yes, as_json=as_json)


def retype(
    entity: Entity,
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="Such as musician.", show_default=False)],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """The entity is of another type."""
    _correct(lambda people: people.retype(entity, kind), yes=yes, as_json=as_json)


def _correct(change: Callable[[People], Changed], *, yes: bool, as_json: bool) -> None:
    """Say what it does and costs, do it, and ask for the episodes that it touches."""
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    studio, by = Studio(), user_name()
    told = studio.entities.preview(change, by)
    price = price_of(studio, told.episodes, EntityLinks.asset)
    if not agreed(studio, told.sentence, price, yes=yes, as_json=as_json):
        return
    done = studio.entities.correct(change, by, price.phases)
    say_done(done.sentence, price_of(studio, done.episodes, EntityLinks.asset), as_json=as_json)


def _keys(words: Sequence[str]) -> list[str]:
    from ragtime_assets.studio import Studio

    return Studio().names.keys(words) if words else []


def _key(words: str | None) -> str | None:
    found = _keys([words] if words else [])
    return found[0] if found else None
