"""Templates: everything in them is escaped, and every word from outside stands apart from the direction around it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ragtime_assets.domain import links
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.money.spending import dollars
from ragtime_assets.serve.markup import html_of, told
from ragtime_assets.serve.schema_org import json_ld
from ragtime_assets.serve.statics import static_url
from ragtime_assets.serve.wording import LANGUAGES, wording

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def rendered(template: str, **values: Any) -> str:
    """The template with these values."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["clock"] = clock
    environment.filters["markdown"] = lambda text: Markup(html_of(text))  # noqa: S704 - what it says is escaped
    environment.filters["told"] = lambda text, key=None: Markup(told(text, key))  # noqa: S704 - what it says is escaped
    environment.filters["json_ld"] = lambda view, base: Markup(json_ld(view, base))  # noqa: S704 - it ends no element
    environment.filters["file"] = lambda text: f"data:application/json;charset=utf-8,{quote(text)}"
    environment.filters["dollars"] = lambda amount: dollars(Decimal(amount))
    environment.globals["said_in"] = lambda language, otherwise: (
        wording(language) if language in LANGUAGES else otherwise
    )
    environment.globals["static_url"] = static_url
    environment.globals["episode_url"] = lambda key, second=None: links.episode_url("", key, second)
    environment.globals["report_url"] = lambda key: links.report_url("", key)
    environment.globals["artifact_url"] = lambda asset, key, suffix=None: links.artifact_url("", asset, key, suffix)
    return environment
