"""The committee's own pages as routes of Datasette. Asleep until configured (``lsk_site``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from datasette_plugins.facts import about, fact
from datasette_plugins.pages import BY_NAME, KEY
from datasette_plugins.pages.content import Asked, Page
from datasette_plugins.pages.goals import VERDICTS


def today() -> date:
    """The day by which documents turn old."""
    return date.today()


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    config = datasette.plugin_config("lsk_site")
    if not config:
        return []
    found = []
    for page in (BY_NAME[name] for name in config["pages"]):
        found.append((rf"{page.path}$", view(page)))
        if page.item:
            found.append((rf"{page.path}/(?P<item>{KEY})$", view(page)))
    return found


@hookimpl
def extra_template_vars(datasette: Any) -> Any:
    config = datasette.plugin_config("lsk_site")
    if not config:
        return {}

    async def around() -> dict[str, Any]:
        """What every page shows around its own content."""
        database = datasette.get_database(config["database"])
        pages = [BY_NAME[name] for name in config["pages"]]
        return {
            "lsk_about": await fact(database, "om", about),
            "lsk_base": f"/{config['database']}",
            "lsk_menu": [page for page in pages if page.primary],
            "lsk_groups": [(group, list(of)) for group, of in groupby(pages, key=lambda page: page.group)],
            "lsk_has": {page.name for page in pages},
            "lsk_verdicts": VERDICTS,
        }

    return around


def view(page: Page) -> Callable[..., Any]:
    async def show(datasette: Any, request: Any) -> Response:
        database = datasette.get_database(datasette.plugin_config("lsk_site")["database"])
        key = request.url_vars.get("item", "")
        params = {name: request.args.get(name) or "" for name in page.params}
        asked = Asked(f"/{database.name}", today(), params, key)
        read, template = (page.item, page.item_template) if key and page.item else (page.content, page.template)
        try:
            found = await database.execute_fn(lambda db: read(db, asked))
        except LookupError as error:
            raise NotFound(key) from error
        context = {"page": page, "title": page.title, **found}
        name = page.name or "start"
        return Response.html(await datasette.render_template(template, context, request=request, view_name=name))

    return show
