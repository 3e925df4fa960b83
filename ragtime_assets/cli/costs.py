"""What models cost, by phase, show, model or day."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import AsJson, console, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragtime_assets.domain.money.spending import Call, Total


class By(StrEnum):
    """What calls are added up by."""

    phase = "phase"
    show = "show"
    model = "model"
    day = "day"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(costs)


def costs(
    by: Annotated[By, typer.Option("--by", help="What the calls are added up by.")] = By.phase,
    calls: Annotated[
        int, typer.Option("--calls", min=0, metavar="N", help="With --json: the newest N calls too, one by one.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """What model calls cost; refused answers, replays and calls in flight told apart."""
    from ragtime_assets.studio import Studio

    ledger = Studio().ledger
    totals = ledger.totals(by.value)
    if as_json:
        known = _known(totals)
        total = None if known is None else str(known)
        document = {"by": by.value, "total_usd": total, "costs": [cost_document(one) for one in totals]}
        say_json(document | ({"calls": [_call_document(one) for one in ledger.newest(calls)]} if calls else {}))
        return
    if not totals:
        console().print("No model was called. With no RAGTIME_MODEL set, everything is keyless.")
        return
    _show(by.value, totals)


def cost_document(total: Total) -> dict[str, Any]:
    """One line, as programs read it; the cost is null when no price of it is known."""
    return {
        "name": total.name,
        "calls": total.calls,
        "input_tokens": total.tokens.input,
        "cached_tokens": total.tokens.cached,
        "output_tokens": total.tokens.output,
        "reasoning_tokens": total.tokens.reasoning,
        "usd": _usd(total.cost),
        "input_usd": _usd(total.input_cost),
        "output_usd": _usd(total.output_cost),
        "unpriced": total.unpriced,
        "refused": total.refused,
        "failed": total.failed,
        "replayed": total.replayed,
        "open": total.open,
    }


def _call_document(call: Call) -> dict[str, Any]:
    """One row of the ledger."""
    tokens = call.tokens
    return {
        "at": call.at.isoformat(),
        "key": call.key,
        "phase": call.phase,
        "agent": call.agent,
        "unit": call.unit,
        "turn": call.turn,
        "model": call.model,
        "prompt_version": call.prompt_version,
        "run_id": call.run_id,
        "attempt": call.attempt,
        "outcome": call.outcome,
        "milliseconds": call.milliseconds,
        "input_tokens": tokens and tokens.input,
        "cached_tokens": tokens and tokens.cached,
        "output_tokens": tokens and tokens.output,
        "reasoning_tokens": tokens and tokens.reasoning,
        "usd": _usd(call.cost.amount),
        "input_usd": _usd(call.cost.input),
        "output_usd": _usd(call.cost.output),
        "price_source": call.cost.source,
        "request_id": call.request_id,
        "error": call.error,
    }


def _usd(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _show(by: str, totals: Sequence[Total]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(by, box=None, header_style="bold", pad_edge=False)
    for column in ("calls", "refused", "replayed", "failed", "read", "written", "cost"):
        table.add_column(column, justify="right")
    for one in totals:
        counts = (one.calls, one.refused, one.replayed, one.failed, one.tokens.input, one.tokens.output)
        table.add_row(escape(one.name), *(f"{count:,}" for count in counts), _cost(one.cost, one.unpriced))
    console().print(table)
    console().print(f"{_cost(_known(totals), sum(one.unpriced for one in totals))} in all")
    unpriced, in_flight = sum(one.unpriced for one in totals), sum(one.open for one in totals)
    if unpriced:
        console().print(f"[dim]+ {unpriced:,} calls have no known price: name it in the file of RAGTIME_PRICES.[/]")
    if in_flight:
        console().print(
            f"[dim]{in_flight:,} calls are in flight, or were when their run was killed: "
            "those may have been paid, and are asked again by a retry.[/]"
        )


def _cost(known: Decimal | None, unpriced: int) -> str:
    """What is known of a cost, and a plus where something is not; nothing at all is known where nothing had a price."""
    from ragtime_assets.domain.money.spending import NOTHING, dollars

    if known is None and unpriced:
        return "unpriced"
    return dollars(known or NOTHING) + ("+" if unpriced else "")


def _known(totals: Sequence[Total]) -> Decimal | None:
    """What calls with a known price cost; None where some were answered and none had a price."""
    costs = [one.cost for one in totals if one.cost is not None]
    return sum(costs, Decimal(0)) if costs or not any(one.unpriced for one in totals) else None
