"""The committee's own pages: the start page and one page for each area. Asleep until configured (``lsk_site``)."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response

from datasette_plugins import figures

NAMES = {"avvikelser": "Avvikelser", "atgarder": "Åtgärder", "egenkontroller": "Egenkontroller"}
LEADS = {
    "avvikelser": "Avvikelser, klagomål, synpunkter, lex Sarah och lex Maria i hela verksamheten. Inga enskilda fall.",
    "atgarder": "Vad som görs för att det ska bli bättre, hur långt det har kommit och vilken effekt det fick.",
    "egenkontroller": "Verksamhetens egna kontroller: vad som planerats, vad som är gjort och vad som är sent.",
}


@hookimpl
def register_routes(datasette: Any) -> list[Any]:
    config = datasette.plugin_config("lsk_site")
    if not config:
        return []
    return [(r"/$", start), *((rf"/(?P<area>{page})$", area) for page in config["pages"])]


@hookimpl
def extra_template_vars(datasette: Any) -> Any:
    config = datasette.plugin_config("lsk_site")
    if not config:
        return {}

    async def around() -> dict[str, Any]:
        """What every page shows around its own content."""
        database = datasette.get_database(config["database"])
        return {
            "lsk_about": await database.execute_fn(figures.about),
            "lsk_base": f"/{config['database']}",
            "lsk_pages": [(f"/{page}", NAMES[page]) for page in config["pages"]],
            "lsk_path": "",
        }

    return around


async def start(datasette: Any, request: Any) -> Response:
    database = datasette.get_database(datasette.plugin_config("lsk_site")["database"])
    base = f"/{database.name}"
    queries = await datasette.get_canned_queries(database.name, None)
    context = {
        "figures": await database.execute_fn(lambda db: figures.key_figures(db, base)),
        "waiting": await database.execute_fn(lambda db: figures.waiting(db, base)),
        "chart": await database.execute_fn(
            lambda db: figures.quarters(db) if figures.has(db, "avvikelser_per_kvartal") else ""
        ),
        "questions": [(f"{base}/{query['name']}", query["title"]) for query in queries.values()],
    }
    return Response.html(await datasette.render_template("start.html", context, request=request, view_name="start"))


async def area(datasette: Any, request: Any) -> Response:
    name = request.url_vars["area"]
    database = datasette.get_database(datasette.plugin_config("lsk_site")["database"])
    context = {
        "title": NAMES[name],
        "lead": LEADS[name],
        "sections": await database.execute_fn(lambda db: list(figures.AREAS[name](db))),
    }
    return Response.html(await datasette.render_template("area.html", context, request=request, view_name="area"))
