"""The published file holds what was declared and marked, and nothing else (R5, R6, XS5)."""

import re
import sqlite3

import pytest

from lsk.errors import LskError, Refused
from lsk.model.vocabulary import Publish
from lsk.publish import publish, tables_of
from lsk.publish.build import HIDDEN, only, readable
from lsk.publish.deviations import CUBES, FACTS, SOURCES, THROUGH
from lsk.publish.earlier import REGISTER
from lsk.publish.tables import TABLES
from lsk.publish.vocabulary import ALL, Cube
from tests.publish.example import SECRET, TODAY

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
REFERENCE = re.compile(r"\b[A-ZÅÄÖ]{2,4}-[A-ZÅÄÖ]{3}-\d\d-\d{3}\b")


def rows(path, table):
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    found = [dict(row) for row in db.execute(f'SELECT * FROM "{table}"')]
    db.close()
    return found


def test_sqlite_itself_refuses_a_field_that_is_not_marked(store):
    with (
        pytest.raises(sqlite3.DatabaseError, match="prohibited"),
        only(store.db, readable(SOURCES, THROUGH, Publish.COMMITTEE)),
    ):
        store.db.execute("SELECT what_happened FROM deviation").fetchall()
    with only(store.db, readable(SOURCES, THROUGH, Publish.COMMITTEE)):
        store.db.execute(FACTS, {"today": TODAY.isoformat(), "since": ""}).fetchall()
    with pytest.raises(sqlite3.DatabaseError, match="prohibited"), only(store.db, set()):
        store.db.execute("SELECT name FROM sqlite_schema").fetchall()


def test_nothing_secret_is_in_the_file(store, tmp_path):
    done = publish(store, tmp_path / "ut")
    raw = done.path.read_bytes()
    assert SECRET.encode() not in raw and b"Exempelsson" not in raw
    text = raw.decode("utf-8", errors="replace")
    assert not ID.search(text) and not REFERENCE.search(text)
    with sqlite3.connect(done.path) as db:
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table in tables_of(Publish.COMMITTEE):
            written = [row[1] for row in db.execute(f'PRAGMA table_info("{table.name}")')]
            assert [name for name in written if not name.endswith(HIDDEN)] == [c.name for c in table.columns]
    assert names == {"om", *(table.name for table in tables_of(Publish.COMMITTEE))}
    assert [path.name for path in done.path.parent.iterdir() if path.name != REGISTER] == ["namnd.db"]


def test_only_decided_actions_show_their_text(store, tmp_path):
    done = publish(store, tmp_path)
    assert {row["atgard"] for row in rows(done.path, "atgarder_uppfoljning")} == {
        "Ny rutin för nycklar",
        "Introduktion för timvikarier",
    }
    assert sum(row["antal"] for row in rows(done.path, "atgarder")) == 9


def test_counts_are_right_or_not_there(store, tmp_path):
    done = publish(store, tmp_path)
    total = {(row["ar"]): row for row in rows(done.path, "avvikelser_per_ar_och_spar") if row["spar"] == ALL}
    for year, row in total.items():
        true = store.db.execute("SELECT count(*) FROM deviation WHERE received_on LIKE ?", (f"{year}%",)).fetchone()[0]
        assert row["antal"] == true
    counts = [(r["antal"], r["antal_dold"]) for cube in CUBES for r in rows(done.path, cube.name)]
    assert any(hidden for _, hidden in counts) and any(n == 0 for n, _ in counts)
    assert all((n is None) == bool(hidden) and (n is None or n == 0 or n >= 5) for n, hidden in counts)


def test_coming_quarters_are_not_counted_as_zero(store, tmp_path):
    done = publish(store, tmp_path, today=TODAY.replace(month=5))
    quarters = {row["kvartal"] for row in rows(done.path, "avvikelser_per_kvartal") if row["ar"] == 2026}
    assert quarters == {1, 2}


def test_the_threshold_can_be_raised_but_not_lowered(store, tmp_path):
    def smallest(value):
        with store.change("Anna", "gräns") as change:
            setting = store.db.execute("SELECT id FROM setting WHERE key = 'publication_threshold'").fetchone()[0]
            change.update("setting", setting, {"value": value})
        done = publish(store, tmp_path)
        shown = [
            n for cube in CUBES for row in rows(done.path, cube.name) for c, _ in cube.measures if (n := row[c.name])
        ]
        return rows(done.path, "om")[0]["troskel"], min(shown)

    assert smallest("2")[0] == 5 and smallest("2")[1] >= 5
    assert smallest("12")[0] == 12 and smallest("12")[1] >= 12
    with pytest.raises(LskError, match="heltal"):
        smallest("få")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Samtal med 811218-9876 om larm.", "personnummer"),
        ("Ring 070-123 45 67 om larm.", "telefonnummer"),
        ("Skriv till anna@example.org.", "e-postadress"),
        ("Karin Exempelssons förslag genomförs.", "namn"),
    ],
)
def test_personal_data_in_a_text_stops_the_publication(store, tmp_path, text, what):
    with store.change("Anna", "slarv") as change:
        record, ref = store.db.execute("SELECT id, ref FROM action WHERE decision IS NOT NULL").fetchone()
        change.update("action", record, {"text": text})
    with pytest.raises(Refused) as stop:
        publish(store, tmp_path / "ut")
    assert ref in str(stop.value) and what in str(stop.value)
    assert "9876" not in str(stop.value) and "example.org" not in str(stop.value)
    assert not (tmp_path / "ut").exists()


def test_an_earlier_publication_stands_when_a_new_one_is_stopped(store, tmp_path):
    done = publish(store, tmp_path)
    before = done.path.read_bytes()
    with store.change("Anna", "slarv") as change:
        record = store.db.execute("SELECT id FROM decision").fetchone()[0]
        change.update("decision", record, {"outcome": "Karin Exempelsson ringde 070-123 45 67."})
    with pytest.raises(Refused):
        publish(store, tmp_path)
    assert done.path.read_bytes() == before and not list(tmp_path.glob("*.ny"))


def test_the_open_level_holds_only_open_tables(store, tmp_path):
    done = publish(store, tmp_path, "öppen")
    assert done.path.name == "oppen.db"
    assert {part.table.name for part in done.tables} == {t.name for t in TABLES if t.level is Publish.OPEN}
    assert not any(isinstance(part.table, Cube) for part in done.tables)


def test_an_unknown_level_or_a_folder_that_is_a_file_is_said_so(store, tmp_path):
    with pytest.raises(LskError, match="hemlig finns inte"):
        publish(store, tmp_path, "hemlig")
    (tmp_path / "ut").write_text("en fil", encoding="utf-8")
    with pytest.raises(LskError, match="kunde inte skrivas"):
        publish(store, tmp_path / "ut")


def test_the_same_file_gives_the_same_publication(store, tmp_path):
    one, two = publish(store, tmp_path / "ett"), publish(store, tmp_path / "två")
    first = one.path.read_bytes()
    assert first == two.path.read_bytes() == publish(store, tmp_path / "ett").path.read_bytes()


def test_publishing_changes_nothing_in_the_file(store, tmp_path):
    before = store.db.execute("SELECT max(id) FROM sync_op").fetchone()[0]
    publish(store, tmp_path)
    assert store.db.execute("SELECT max(id) FROM sync_op").fetchone()[0] == before
    assert store.db.execute("SELECT count(*) FROM person").fetchone()[0] == 1  # reading is free again
