"""`ragtime names`: a name taught once is written right in every transcript, and nothing is heard again for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.output import AsJson, console, hang, say_json
from ragtime_assets.cli.rerunning import Yes, agreed, price_of, say_done
from ragtime_assets.domain.artifacts.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragtime_assets.cli.rerunning import Price
    from ragtime_assets.domain.language.name_rules import NameRule
    from ragtime_assets.studio import Studio


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    names = typer.Typer(help="Teach how names are written that are heard wrong.", no_args_is_help=True)
    for command in (correct, undo):
        names.command()(command)
    names.command("list")(show)
    app.add_typer(names, name="names")


def correct(
    heard: Annotated[str, typer.Argument(metavar="HEARD", help="As transcripts have it.", show_default=False)],
    written: Annotated[str, typer.Argument(metavar="RIGHT", help="As it is written.", show_default=False)],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Write a name right wherever it was heard so, now and in episodes to come; what was heard is kept beside it."""
    from ragtime_assets.corpus.name_rules import Touched
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    studio, by = Studio(), user_name()
    rules = studio.name_rules.in_force()
    proposed = studio.name_rules.proposed(heard, written, by)
    price = _price(studio, [*rules, proposed], proposed)
    if agreed(studio, _told(proposed), price, yes=yes, as_json=as_json):
        rule = studio.name_rules.teach(heard, written, by, Touched(price.episodes, price.phases))
        say_done(f"{_told(rule)}, by rule {rule.id}", price, as_json=as_json)


def undo(
    number: Annotated[int, typer.Argument(metavar="RULE", help="Its number; `names list` has it.", show_default=False)],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take a rule back: what was heard is written again."""
    from ragtime_assets.corpus.name_rules import Touched
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    studio, by = Studio(), user_name()
    rule = studio.name_rules.rule(number)
    kept = [one for one in studio.name_rules.in_force() if one.id != number]
    price = _price(studio, kept, rule)
    sentence = f"{rule.heard!r} is written as it is heard again"
    if agreed(studio, sentence, price, yes=yes, as_json=as_json):
        studio.name_rules.undo(number, by, Touched(price.episodes, price.phases))
        say_done(sentence, price, as_json=as_json)


def show(as_json: AsJson = False) -> None:
    """The names that were taught."""
    from ragtime_assets.studio import Studio

    rules = Studio().name_rules.in_force()
    if as_json:
        say_json({"rules": [rule.model_dump(mode="json") for rule in rules]})
        return
    for rule in rules:
        hang(f"{rule.id:>4}  {_told(rule)} ({rule.by})", 6, markup=False)
    if not rules:
        console().print("No name was taught: ragtime names correct HEARD RIGHT")


def _told(rule: NameRule) -> str:
    return f"{rule.heard!r} is written {rule.written!r}"


def _price(studio: Studio, rules: Sequence[NameRule], changed: NameRule) -> Price:
    from ragtime_assets.studio.taught import respelled

    return price_of(studio, respelled(studio, rules, changed), Transcript.asset)
