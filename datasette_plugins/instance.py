"""The one place where the committee's Datasette is put together: used by ``lsk serve`` and by the tests alike."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from datasette_plugins.questions import Question, canned, questions
from lsk.errors import LskError
from lsk.model.vocabulary import Publish
from lsk.publish import LEVELS, tables_of
from lsk.publish.build import ABOUT, APPLICATION_ID

HERE = Path(__file__).parent
PAGES = {"avvikelser": "avvikelser_per_kvartal", "atgarder": "atgarder", "egenkontroller": "egenkontroller"}
SETTINGS = {
    "default_allow_sql": False,
    "allow_download": False,
    "allow_facet": False,
    "suggest_facets": False,
    "allow_csv_stream": False,
    "default_page_size": 100,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1000,
    "num_sql_threads": 3,
    "truncate_cells_html": 0,
}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def build(folder: Path, hosts: tuple[str, ...] = ()) -> Datasette:
    """A Datasette over what ``lsk publish`` wrote in ``folder``, and nothing else there. LskError if there is none."""
    found = {level: path for level, name in LEVELS.items() if published(path := folder / f"{name}.db")}
    if not found:
        raise LskError(f"Det finns inget publicerat i {folder}. Publicera först med: lsk publish FIL {folder}")
    level = next(iter(found))
    return Datasette(
        immutables=[str(path) for path in found.values()],
        metadata=metadata(list(found), level, [*LOOPBACK, *hosts]),
        settings=SETTINGS,
        template_dir=str(HERE / "templates"),
        static_mounts=[("statisk", str(HERE / "statisk"))],
        cors=False,
    )


def published(path: Path) -> bool:
    """Whether a file is one that ``lsk publish`` wrote. The municipality's own file never is."""
    if not path.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return bool(db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.DatabaseError:
        return False


def metadata(levels: list[Publish], level: Publish, hosts: list[str]) -> dict[str, Any]:
    return {
        "title": "Uppföljning för nämnden",
        "databases": {LEVELS[each]: described(each) for each in levels},
        "plugins": {
            "lsk_site": {"database": LEVELS[level], "pages": pages(level)},
            "lsk_gate": {"routes": routes(levels, level), "hosts": hosts},
        },
    }


def pages(level: Publish) -> list[str]:
    """The area pages that the level has tables for."""
    names = {table.name for table in tables_of(level)}
    return [page for page, table in PAGES.items() if table in names]


def described(level: Publish) -> dict[str, Any]:
    tables = {table.name: {"title": table.title, "description": table.description} for table in tables_of(level)}
    tables["om"] = {
        "title": "Om publiceringen",
        "description": "Vad som är publicerat, när, och gränsen för små antal.",
    }
    return {"tables": tables, "queries": {question.name: canned(question) for question in questions(level)}}


def routes(levels: list[Publish], level: Publish) -> list[tuple[str, dict[str, str]]]:
    """Every address that is answered, and what may follow the question mark."""
    found: list[tuple[str, dict[str, str]]] = [("/", {}), (r"/statisk/stil\.css", {}), (r"/statisk/ikon\.svg", {})]
    found += [(f"/{page}", {}) for page in pages(level)]
    for each in levels:
        database = LEVELS[each]
        found.append((f"/{database}", {}))
        columns = {table.name: [c.name for c in table.columns] for table in tables_of(each)} | {
            "om": [c.name for c in ABOUT]
        }
        for table, names in columns.items():
            found += addresses(f"/{database}/{table}", paging(names), {})
        for question in questions(each):
            found += addresses(f"/{database}/{question.name}", answers(question), answers(question))
    return found


def addresses(path: str, for_page: dict[str, str], for_csv: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    shape = {"_shape": "array|arrays|objects"}
    return [(path, for_page), (rf"{path}\.json", for_page | shape), (rf"{path}(\.excel)?\.csv", for_csv)]


def paging(columns: list[str]) -> dict[str, str]:
    names = "|".join(map(re.escape, columns))
    return {"_sort": names, "_sort_desc": names, "_next": r"[^,]{0,120},\d{1,9}|\d{1,9}", "_size": r"[1-9]\d{0,2}"}


def answers(question: Question) -> dict[str, str]:
    return {name: r"(?:\d{4})?" if name == "ar" else r"[\w ,()/&-]{0,80}" for name in question.asks}
