"""What must not be seen is not in the published file, whichever municipality it is (XS5, XS6, VS7, R5, R6)."""

import csv
import io
import sqlite3
from contextlib import closing

import pytest

from lsk import csvfiles, profile
from lsk.model import ENTITIES
from lsk.model.vocabulary import Personal, Publish, Text
from lsk.publish import publish, tables_of
from lsk.publish.personal import free_text
from lsk.publish.vocabulary import Cube
from lsk.publish.write import ABOUT, written_as
from lsk.store import Store
from tests.publish.example import TODAY
from tests.publish.test_publish import rows

CASE = "Pärmen med nycklarna blev kvar på bussen"
NUMBER = "DNR 2026:0815"


@pytest.fixture(scope="module", params=profile.names())
def town(request, tmp_path_factory):
    """A municipality of each profile, with nine events, each with its text and its diary number."""
    path = tmp_path_factory.mktemp("stad") / f"{request.param}.db"
    with Store.create(path, request.param, today=TODAY) as store:
        with store.change("Anna", "händelser") as change:
            unit = store.db.execute("SELECT id FROM unit LIMIT 1").fetchone()[0]
            kind = store.db.execute(
                "SELECT value FROM choice_value WHERE list = 'deviation_kinds' ORDER BY number LIMIT 1"
            ).fetchone()[0]
            for year in (2025, *[2026] * 8):
                change.insert(
                    "deviation",
                    {
                        "kind": kind, "unit": unit, "received_on": f"{year}-02-03", "what_happened": CASE,
                        "immediate_action": CASE, "diary_number": NUMBER,
                    },
                )  # fmt: skip
        yield store


def test_xs5_the_publication_has_no_text_and_no_number_of_a_case(town, tmp_path):
    path = publish(town, tmp_path / "ut").path
    raw = path.read_bytes().decode("utf-8", errors="replace")
    assert CASE not in raw and NUMBER not in raw
    quarters = rows(path, "avvikelser_per_kvartal")
    assert {row["antal"] for row in quarters if (row["ar"], row["kvartal"], row["grupp"]) == (2026, 1, "alla")} == {8}
    assert {row["antal"] for row in quarters if row["ar"] == 2025} == {0, None}
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("DELETE FROM avvikelser_per_kvartal")
        made = {sql for (sql,) in db.execute("SELECT sql FROM sqlite_schema")}
    declared = {sql for table in (*tables_of(Publish.COMMITTEE), ABOUT) for sql in written_as(table)}
    assert made == declared  # no view, index of words or trigger that could hold something else
    assert all(sql.startswith(("CREATE TABLE", "CREATE INDEX")) for sql in declared)


def test_vs7_publication_has_no_free_text_of_cases(town, tmp_path):
    """No column is made from a long text about a case, and none that is made from a text may tell of a person."""
    about_cases = {
        (entity, field.name)
        for entity in ("deviation", "investigation", "cause", "risk")
        for field in ENTITIES[entity].fields
        if isinstance(field, Text) and (field.long or field.personal is Personal.RISK)
    }
    assert ("deviation", "what_happened") in about_cases and ("investigation", "conclusion") in about_cases
    done = publish(town, tmp_path / "ut")
    for part in done.tables:
        assert not {source for column in part.table.columns for source in column.fields} & about_cases, part.table.name
        if isinstance(part.table, Cube):
            assert {c.name for c in part.table.columns if free_text(c)} <= {"enhet"}


def test_xs6_the_published_year_counts_what_the_export_of_the_year_holds(town, tmp_path):
    """The rows of year Y in the file's own export are those that the published total of the year counts."""
    csvfiles.export(town, ["deviation"], tmp_path, 2026)
    text = (tmp_path / "deviation.csv").read_text(encoding="utf-8-sig")
    exported = list(csv.DictReader(io.StringIO(text)))
    path = publish(town, tmp_path / "ut").path
    (total,) = (
        row["antal"] for row in rows(path, "avvikelser_per_slag_ar") if (row["ar"], row["slag"]) == (2026, "alla")
    )
    assert total == len(exported) == 8


@pytest.mark.parametrize("level", [Publish.COMMITTEE, Publish.OPEN])
def test_every_table_says_what_a_row_is(level):
    assert [table.name for table in tables_of(level) if not table.grain] == []
