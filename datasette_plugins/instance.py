"""The one place where the committee's Datasette is put together: used by ``lsk serve`` and by the tests alike."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from datasette_plugins.access import LOG_IN, ROBOTS, logs_in
from datasette_plugins.accounts import accounts_in
from datasette_plugins.compat import datasette_of
from datasette_plugins.described import described
from datasette_plugins.pages import pages_of
from datasette_plugins.pages import routes as page_routes
from datasette_plugins.questions import OWN, answers, answers_to_any, canned, own, questions
from lsk.errors import LskError
from lsk.model.vocabulary import Publish
from lsk.publish import LEVELS, tables_of
from lsk.publish.build import ABOUT, APPLICATION_ID
from lsk.publish.write import written_as

HERE = Path(__file__).parent
SETTINGS = {
    "default_allow_sql": False,
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


def build(
    folder: Path,
    hosts: tuple[str, ...] = (),
    level: Publish | None = None,
    access: dict[str, Any] | None = None,
    behind: bool = False,
    secret: str | None = None,
) -> Datasette:
    """A Datasette over what ``lsk publish`` wrote in ``folder``, and nothing else there.

    ``hosts``: names it may be called by, beside this computer's own. ``level``: the committee's if it is there, else
    the open one. ``access``: who may read (see ``access.py``), all who reach it if None. ``behind``: another server
    stands in front. ``secret``: signs proofs where there are no accounts. LskError if nothing is there.
    """
    level = level or found_in(folder)
    path = folder / f"{LEVELS[level]}.db" if level else folder
    if level is None or not published(path):
        raise nothing_in(folder)
    if not as_declared(path, level):
        raise LskError(
            f"{path} är publicerad med en annan version av lsk, eller ändrad efteråt. "
            f"Publicera igen med: lsk publish FIL {folder} --level {level}"
        )
    known = accounts_in(folder) if access and "accounts" in access else None
    return datasette_of(
        path,
        metadata(level, [*LOOPBACK, *hosts], access, behind, own_in(path, level)),
        {**SETTINGS, "allow_download": level is Publish.OPEN},
        template_dir=str(HERE / "templates"),
        static_mounts=[("statisk", str(HERE / "statisk"))],
        cors=False,
        secret=known.key if known else secret,
    )


def nothing_in(folder: Path) -> LskError:
    return LskError(f"Det finns inget publicerat i {folder}. Publicera först med: lsk publish FIL {folder}")


def found_in(folder: Path) -> Publish | None:
    """The level published in the folder: the committee's if there are both."""
    return next((level for level, name in LEVELS.items() if published(folder / f"{name}.db")), None)


def published(path: Path) -> bool:
    """Whether a file is one that ``lsk publish`` wrote. The municipality's own file never is."""
    if not path.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return bool(db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.DatabaseError:
        return False


def as_declared(path: Path, level: Publish) -> bool:
    """Whether the file is made as declared for the level, and has nothing else in it that could leak."""
    declared = {sql for table in (*tables_of(level), ABOUT) for sql in written_as(table)}
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return {sql for (sql,) in db.execute("SELECT sql FROM sqlite_schema")} == declared


def own_in(path: Path, level: Publish) -> dict[str, Any]:
    """The committee's own questions, as Datasette's metadata wants them: the file cannot change while it is open."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return {question.name: canned(question) for question in own(db, level)}


def metadata(
    level: Publish, hosts: list[str], access: dict[str, Any] | None, behind: bool, own_questions: dict[str, Any]
) -> dict[str, Any]:
    told = described(level)
    return {
        "title": "Uppföljning för nämnden",
        "databases": {LEVELS[level]: {**told, "queries": {**told["queries"], **own_questions}}},
        "plugins": {
            "lsk_site": {"database": LEVELS[level], "pages": pages_of(level)},
            "lsk_gate": {"routes": routes(level) + log_in(access), "hosts": hosts, "behind": behind},
            **({"lsk_access": access} if access else {}),
        },
    }


def routes(level: Publish) -> list[tuple[str, dict[str, str]]]:
    """Every address that is answered, and what may follow the question mark."""
    database = LEVELS[level]
    found: list[tuple[str, dict[str, str]]] = [(r"/statisk/stil\.css", {}), (r"/statisk/ikon\.svg", {})]
    found += page_routes(level)
    found.append((f"/{database}", {}))
    if level is Publish.OPEN:
        found.append((rf"/{database}\.db", {}))  # the whole file, for whoever wants to reckon on it
        found.append((r"/katalog\.jsonld", {}))
    for table in (*tables_of(level), ABOUT):
        found += addresses(f"/{database}/{table.name}", paging([c.name for c in table.columns]), {})
    for question in questions(level):
        found += addresses(f"/{database}/{question.name}", answers(question), answers(question))
    return found + addresses(rf"/{database}/{OWN}", answers_to_any(), answers_to_any())


def log_in(access: dict[str, Any] | None) -> list[tuple[str, dict[str, str]]]:
    if not access:
        return []
    return [ROBOTS, *LOG_IN] if logs_in(access) else [ROBOTS]


def addresses(path: str, for_page: dict[str, str], for_csv: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    shape = {"_shape": "array|arrays|objects"}
    return [(path, for_page), (rf"{path}\.json", for_page | shape), (rf"{path}(\.excel)?\.csv", for_csv)]


def paging(columns: list[str]) -> dict[str, str]:
    names = "|".join(map(re.escape, columns))
    return {"_sort": names, "_sort_desc": names, "_next": r"[^,]{0,120},\d{1,9}|\d{1,9}", "_size": r"[1-9]\d{0,2}"}
