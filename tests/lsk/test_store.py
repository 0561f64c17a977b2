"""A file is made, opened, refused politely, and changed all or nothing, whatever happens to disk, lock or program."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from lsk import capture, schema, store
from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import Ref
from lsk.store import Store

DEVIATION = {"kind": "avvikelse", "received_on": "2026-11-03", "what_happened": "Maten kom för sent"}


def htn(opened: Store) -> str:
    return str(opened.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0])


def deviations(opened: Store) -> int:
    return int(opened.db.execute("SELECT count(*) FROM deviation").fetchone()[0])


def integrity(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute("PRAGMA integrity_check")]


# --- made and opened --------------------------------------------------------------------------------------------------


def test_a_new_file_opens_again_with_the_same_identity(tmp_path: Path) -> None:
    with Store.create(tmp_path / "ö kommun #1?.db", code="RK") as made:
        first = made.file
    with Store.open(tmp_path / "ö kommun #1?.db") as opened:
        assert opened.file == first
        assert (opened.file.code, opened.file.kind, opened.file.unit) == ("RK", "huvudfil", None)
    assert [p.name for p in tmp_path.iterdir()] == ["ö kommun #1?.db"]


def test_a_new_file_does_not_overwrite_another(tmp_path: Path) -> None:
    place = tmp_path / "a.db"
    place.write_text("viktigt", encoding="utf-8")
    with pytest.raises(LskError, match="finns redan"):
        Store.create(place)
    assert place.read_text(encoding="utf-8") == "viktigt"


def test_a_failed_creation_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(LskError, match="Profilen nowhere finns inte"):
        Store.create(tmp_path / "a.db", "nowhere")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(LskError, match="kan inte öppnas"):
        Store.create(tmp_path / "saknas" / "a.db")


def test_every_table_is_strict_and_every_reference_a_foreign_key(empty: Store) -> None:
    strict = {row["name"]: row["strict"] for row in empty.db.execute("PRAGMA table_list") if row["type"] == "table"}
    for entity in ENTITIES.values():
        assert strict[entity.name] == 1, entity.name
        keys = {row["from"]: row["table"] for row in empty.db.execute(f'PRAGMA foreign_key_list("{entity.name}")')}
        assert keys == {f.name: f.to for f in entity.columns if isinstance(f, Ref)}, entity.name
    assert empty.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_the_number_of_steps_is_the_number_of_migrations(empty: Store) -> None:
    db = Database(empty.db, execute_plugins=False)
    assert len(schema.migrations().applied(db)) == schema.STEPS
    assert schema.migrations().pending(db) == []
    assert not schema.pending(empty.db)


# --- refused ----------------------------------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(LskError) as caught:
        Store.open(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_missing_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    assert "finns inte. Kontrollera namnet och mappen. En ny huvudfil görs med: lsk new" in refusal(
        tmp_path / "borta.db"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "är en mapp" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"SQLite", b"PK\x03\x04" * 100, "Hej på dig".encode()])
def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "inte.db"
    path.write_bytes(content)
    assert "är inte en LSK-fil" in refusal(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("kept", [100, 4096, 100_000])
def test_a_truncated_file_is_refused_and_left_alone(ragunda_file: Path, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "avklippt.db"
    path.write_bytes(ragunda_file.read_bytes()[:kept])
    assert "är skadad eller avklippt" in refusal(path)
    assert path.stat().st_size == kept


def test_damage_that_shows_itself_later_is_told_as_well(ragunda_file: Path, tmp_path: Path) -> None:
    raw = bytearray(ragunda_file.read_bytes())
    with closing(sqlite3.connect(ragunda_file)) as db:
        size = db.execute("PRAGMA page_size").fetchone()[0]
        page = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'duty'").fetchone()[0]
    raw[(page - 1) * size : page * size] = bytes([0xFF]) * size
    path = tmp_path / "skadad.db"
    path.write_bytes(raw)
    with pytest.raises(LskError, match="är skadad"), Store.open(path) as opened:
        opened.db.execute("SELECT text FROM duty").fetchall()


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bilder.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE photo(id)")
    before = path.read_bytes()
    assert "från ett annat program" in refusal(path)
    assert path.read_bytes() == before


def test_a_file_from_a_newer_version_is_refused(empty: Store) -> None:
    empty.db.execute(f"PRAGMA user_version = {schema.FORMAT + 1}")
    assert "nyare version av LSK" in refusal(empty.path)


def test_a_file_that_cannot_be_written_opens_and_says_so_when_changed(ragunda: Store) -> None:
    ragunda.db.execute("PRAGMA query_only = ON")  # what SQLite answers in a read-only folder
    with pytest.raises(LskError, match=r"är skrivskyddad. Kopiera filen"), ragunda.change("Anna") as change:
        change.insert("deviation", {**DEVIATION, "unit": htn(ragunda)})


def test_a_file_opened_for_reading_refuses_changes(ragunda_file: Path) -> None:
    with Store.open(ragunda_file, readonly=True) as opened:
        with pytest.raises(LskError, match="är öppnad för läsning"), opened.change("Anna"):
            pass
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            opened.db.execute("DELETE FROM unit")


def test_a_file_locked_by_another_program_is_told_not_waited_for_for_ever(
    ragunda: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_MILLISECONDS", 1)
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "används just nu av ett annat program" in refusal(ragunda.path)
        other.execute("ROLLBACK")
        with Store.open(ragunda.path) as second:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LskError, match="används just nu"), second.change("Anna"):
                pass
            other.execute("ROLLBACK")
            with second.change("Anna") as change:
                change.insert("deviation", {**DEVIATION, "unit": htn(second)})


# --- all or nothing ---------------------------------------------------------------------------------------------------


def test_a_change_is_all_or_nothing(ragunda: Store) -> None:
    before = "\n".join(ragunda.db.iterdump())
    with pytest.raises(ZeroDivisionError), ragunda.change("Anna") as change:
        change.insert("deviation", {**DEVIATION, "unit": htn(ragunda)})
        raise ZeroDivisionError
    with pytest.raises(Refused), ragunda.change("Anna") as change:
        change.insert("deviation", {**DEVIATION, "unit": htn(ragunda)})
        change.insert("deviation", {**DEVIATION, "unit": None})
    assert "\n".join(ragunda.db.iterdump()) == before


def test_a_reference_to_nothing_is_refused_when_saved(ragunda: Store) -> None:
    with pytest.raises(Refused, match="hänvisas till finns inte"), ragunda.change("Anna") as change:
        change.insert("deviation", {**DEVIATION, "unit": "0" * 36})
    assert deviations(ragunda) == 0


def test_a_full_disk_loses_nothing(ragunda: Store) -> None:
    pages = ragunda.db.execute("PRAGMA page_count").fetchone()[0]
    ragunda.db.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(LskError, match="Disken är full"), ragunda.change("Anna") as change:
        change.insert("deviation", {**DEVIATION, "unit": htn(ragunda), "what_happened": "x" * 1_000_000})
    assert deviations(ragunda) == 0
    assert integrity(ragunda.path) == ["ok"]
    ragunda.db.execute("PRAGMA max_page_count = 1000000")
    with ragunda.change("Anna") as change:
        change.insert("deviation", {**DEVIATION, "unit": htn(ragunda)})


def test_two_programs_share_one_file(ragunda: Store) -> None:
    with Store.open(ragunda.path) as other:
        for opened in (ragunda, other, ragunda):
            with opened.change("Anna") as change:
                change.insert("deviation", {**DEVIATION, "unit": htn(opened)})
        refs = [row[0] for row in other.db.execute("SELECT ref FROM deviation ORDER BY ref")]
    assert refs == ["HK-AVV-26-001", "HK-AVV-26-002", "HK-AVV-26-003"]


KILLED = """
import sys
from pathlib import Path
from lsk.store import Store

path, stop = Path(sys.argv[1]), sys.argv[2]

def wait():
    print("nu", flush=True)
    sys.stdin.read()

with Store.open(path) as store:
    unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0]
    row = {"kind": "avvikelse", "received_on": "2026-11-03", "what_happened": "y" * 5000, "unit": unit}
    store.db.execute("PRAGMA cache_size = 5")  # so that changed pages reach the disk before the end
    if stop == "in the statements":
        seen = []
        store.db.create_function("stop", 0, lambda: wait() if len(seen) == 300 else seen.append(1))
        store.db.execute("CREATE TEMP TRIGGER halt AFTER INSERT ON deviation BEGIN SELECT stop(); END")
    with store.change("Anna") as change:
        change.insert_many("deviation", [row] * 400)
        if stop == "before commit":
            wait()
    wait()
"""


@pytest.mark.parametrize(("stop", "kept"), [("in the statements", 0), ("before commit", 0), ("after", 400)])
def test_a_program_killed_in_the_middle_leaves_all_or_nothing(ragunda: Store, stop: str, kept: int) -> None:
    ragunda.close()
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(ragunda.path), stop], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"nu"
        child.kill()
    with Store.open(ragunda.path) as opened:
        assert deviations(opened) == kept
        assert len(opened.search("yyy")) == 0 or kept
        assert opened.db.execute("SELECT change_set FROM sync_local").fetchone()[0] is None
        with opened.change("Bo") as change:
            change.insert("deviation", {**DEVIATION, "unit": htn(opened)})
    assert integrity(ragunda.path) == ["ok"]


# --- brought up to date -----------------------------------------------------------------------------------------------


def test_an_older_file_is_copied_before_it_is_brought_up_to_date(ragunda: Store) -> None:
    ragunda.db.execute("DELETE FROM _sqlite_migrations WHERE migration_set = 'lsk'")
    ragunda.close()
    with pytest.raises(LskError, match="äldre version av LSK"):
        Store.open(ragunda.path, readonly=True)
    with Store.open(ragunda.path) as opened:
        assert not schema.pending(opened.db)
        assert htn(opened)
    (copy,) = ragunda.path.parent.glob("*-före-uppgradering-*.db")
    with closing(sqlite3.connect(copy)) as db:
        assert schema.pending(db)
        assert db.execute("SELECT name FROM unit WHERE short_name = 'HTN'").fetchone() == ("Hemtjänst norr",)


def test_a_column_that_a_newer_declaration_has_is_added(ragunda: Store) -> None:
    for trigger in capture.triggers_present(ragunda.db):
        ragunda.db.execute(f'DROP TRIGGER "{trigger}"')
    ragunda.db.execute("ALTER TABLE deviation DROP COLUMN diary_number")
    schema.grow(ragunda.db)
    with ragunda.change("Anna") as change:
        made = change.insert("deviation", {**DEVIATION, "unit": htn(ragunda), "diary_number": "KS 2026/1"})
    row = ragunda.db.execute("SELECT diary_number FROM deviation WHERE id = ?", (made.id,)).fetchone()
    assert row[0] == "KS 2026/1"


def test_a_broken_file_does_not_stay_open(tmp_path: Path) -> None:
    """Windows cannot move or delete a file that a program holds open."""
    path = tmp_path / "bilder.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE photo(id)")
    closed = []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            closed.append(True)
            super().close()

    real = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.sqlite3, "connect", lambda *a, **k: real(*a, **k, factory=Watched))
        refusal(path)
    assert closed
