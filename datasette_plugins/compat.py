"""What differs between Datasette 0.65, which the site is built on, and the alphas of 1.0. Nothing else knows of it.

What the alphas do otherwise and we leave as it is: the rows of JSON are objects there, and lists in 0.65, unless
``_shape`` is asked for. What does not hold there: a question's page is told the rows ready painted (``display_rows``)
and not as they are, so that its table and chart are empty; its CSV and JSON are whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.version import __version__

if TYPE_CHECKING:
    from datasette.app import Datasette  # at run time it imports us: we are its plugins

ALPHA = not __version__.startswith("0.")


def datasette_of(path: Path, metadata: dict[str, Any], settings: dict[str, Any], **options: Any) -> Datasette:
    """A Datasette over one file that does not change. The alphas want what is done apart from what is told."""
    from datasette.app import Datasette

    if not ALPHA:
        return Datasette(immutables=[str(path)], metadata=metadata, settings=settings, **options)
    done = {name: {"queries": about["queries"]} for name, about in metadata["databases"].items()}
    config = {"plugins": {**metadata["plugins"], "lsk_told": metadata["databases"]}, "databases": done}
    told = {"title": metadata["title"]}
    return Datasette(immutables=[str(path)], metadata=told, config=config, settings=settings, **options)


async def question_asked(datasette: Any, database: str, name: str) -> tuple[str, list[str]] | None:
    """The SQL of a ready-made question and what it asks for; None when there is no such question."""
    if ALPHA:
        stored = await datasette.get_query(database, name)
        return (stored.sql, stored.parameters) if stored else None
    query = await datasette.get_canned_query(database, name, None)
    return (query["sql"], query.get("params", [])) if query else None


def template_names(datasette: Any, request: Any) -> dict[str, Any]:
    """What our templates read, where the alphas call it something else or do not have it."""
    about = (datasette.plugin_config("lsk_told") or {}).get(request.url_vars.get("database")) if request else None
    if not ALPHA or about is None:
        return {}
    name = request.url_vars.get("table")
    if name is None:
        return {"metadata": about}
    query = about["queries"].get(name)
    return {"metadata": query or about["tables"].get(name, {}), "canned_query": name if query else None}


def whole_json(app: Callable[..., Any]) -> Callable[..., Any]:
    """The alphas leave the names of the columns out of JSON unless asked for them."""

    async def asking(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith(".json") and b"_shape=" not in scope["query_string"]:
            asked = [part for part in (scope["query_string"], b"_extra=columns") if part]
            scope = {**scope, "query_string": b"&".join(asked)}
        await app(scope, receive, send)

    return asking if ALPHA else app


def without_variables() -> None:
    """Faults are written to the log in this process without the values of variables, which hold what was asked."""
    from datasette import handle_exception

    handle_exception.rich = None
